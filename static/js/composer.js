// The form in which tweets are written: what is left of each one's length, when they may be sent, Ctrl+Enter.

import { MOST, weight } from "./weight.js";

const NEAR = 20;

export function start() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-composer]");
    if (form) refresh(form);
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-composer]");
    if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) send(form, event);
  });
  document.addEventListener("toggle", forgetClosedPoll, true);
  // A page that the browser brings back from memory would send its old key again, and the server would take what is
  // written now for what was posted then.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("[name=idempotency_key]").forEach(renew);
  });
}

export function adopt(within) {
  if (within.matches?.("[data-composer]")) take(within);
  within.querySelectorAll("[data-composer]").forEach(take);
}

function take(form) {
  refresh(form);
  const due = form.querySelector("[data-due][name]");
  if (due) useOwnClock(due, form.querySelector("[data-zone]"));
}

/** What is shown is the reader's own time; what is sent is UTC. */
function useOwnClock(shown, zone) {
  const sent = document.createElement("input");
  sent.type = "hidden";
  sent.name = shown.name;
  shown.removeAttribute("name");
  shown.after(sent);
  zone.textContent = "(your time)";
  if (shown.value) shown.value = localForm(new Date(`${shown.value}Z`));
  const tell = () => (sent.value = shown.value ? new Date(shown.value).toISOString() : "");
  shown.addEventListener("input", tell);
  tell();
}

function localForm(moment) {
  const shifted = new Date(moment - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

function refresh(form) {
  let mayBeSent = true;
  for (const part of form.querySelectorAll("[data-part]")) {
    const left = MOST - weight(part.querySelector("[data-text]").value);
    showLeft(form.querySelector(`#left-${part.dataset.part}`), left);
    if (left < 0 || left === MOST) mayBeSent = false;
  }
  for (const button of form.querySelectorAll("[data-send]")) button.disabled = !mayBeSent;
}

/** A poll that is put away is not asked. */
function forgetClosedPoll(event) {
  if (!event.target.matches?.("[data-poll]") || event.target.open) return;
  for (const input of event.target.querySelectorAll("input")) input.value = "";
}

function showLeft(place, left) {
  const [figure, words] = place.children;
  figure.textContent = left === MOST ? "" : String(left);
  words.textContent = left < 0 ? `${-left} characters too many` : `${left} characters left`;
  place.classList.toggle("near", left <= NEAR && left >= 0);
  place.classList.toggle("over", left < 0);
  if (left <= NEAR) place.setAttribute("aria-live", "polite");
  else place.removeAttribute("aria-live");
}

function send(form, event) {
  event.preventDefault();
  if (!form.querySelector("[data-send]").disabled) form.requestSubmit();
}

function renew(field) {
  field.value = crypto.randomUUID().replaceAll("-", "");
}
