// Short words at the foot of the window: they go by themselves, unless somebody is pointing at them.

const STAY = 6000;

export function start() {
  adopt(document);
  document.addEventListener("htmx:sendError", () => say("You seem to be offline. Please try again."));
  document.addEventListener("htmx:responseError", (event) => say(explanation(event.detail.xhr)));
}

export function adopt(within) {
  within.querySelectorAll(".notice").forEach(dismissLater);
}

export function say(text) {
  const notice = document.createElement("p");
  notice.className = "notice notice-error";
  notice.textContent = text;
  document.getElementById("notices").replaceChildren(notice);
  dismissLater(notice);
}

function dismissLater(notice) {
  setTimeout(() => (notice.matches(":hover, :focus-within") ? dismissLater(notice) : notice.remove()), STAY);
}

function explanation(answer) {
  const { status } = answer;
  const ours = answer.getResponseHeader("Content-Type")?.startsWith("text/plain");
  if (status === 404) return "That is no longer available.";
  if (status === 403) return "That did not work. Please load the page again.";
  if (status === 429) return `That was a lot at once. ${ours ? answer.responseText : "Please wait a moment."}`;
  return "Something went wrong. Please try again.";
}
