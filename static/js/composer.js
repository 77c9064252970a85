// The form in which a tweet is written: what is left of its length, when it may be sent, Ctrl+Enter.

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
  // A page that the browser brings back from memory would send its old key again, and the server would take what is
  // written now for what was posted then.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("[name=idempotency_key]").forEach(renew);
  });
}

export function adopt(within) {
  if (within.matches?.("[data-composer]")) refresh(within);
  within.querySelectorAll("[data-composer]").forEach(refresh);
}

function refresh(form) {
  const left = MOST - weight(form.elements.text.value);
  showLeft(form.querySelector(".composer-left"), left);
  form.querySelector("button").disabled = left < 0 || left === MOST;
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
  if (!form.querySelector("button").disabled) form.requestSubmit();
}

function renew(field) {
  field.value = crypto.randomUUID().replaceAll("-", "");
}
