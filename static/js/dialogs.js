// The dialog in which tweets are written, and the one that asks before something is deleted.

export function start() {
  const dialog = document.getElementById("dialog");
  const body = document.getElementById("dialog-body");
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === body && body.querySelector("[data-composer], .composer-closed")) open(dialog);
  });
  document.addEventListener("posted", () => dialog.close());
  document.addEventListener("htmx:confirm", (event) => {
    if (event.detail.question) ask(event);
  });
}

function open(dialog) {
  if (!dialog.open) dialog.showModal();
  const text = dialog.querySelector("textarea");
  if (!text) return;
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
}

function ask(event) {
  event.preventDefault();
  const confirm = document.getElementById("confirm");
  confirm.querySelector("h2").textContent = event.detail.question;
  confirm.returnValue = "no";
  confirm.addEventListener("close", () => confirm.returnValue === "yes" && event.detail.issueRequest(true), { once: true });
  confirm.showModal();
}
