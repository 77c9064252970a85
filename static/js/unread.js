// How many notifications are unread, in the navigation and in the title; and the page of notifications, which says by
// itself that it has been read.

import * as title from "./title.js";

const DEBOUNCE = 800;
const JITTER = 600;
const POLL = 60_000;

let badge;
let soon;
let isRead = Promise.resolve();

export function start() {
  badge = document.getElementById("unread");
  if (!badge) return;
  title.say("notifications", badge.textContent.trim());
  const form = document.querySelector("form[data-read]");
  if (form) whenSeen(() => (isRead = markRead(form)));
}

/** Ask the server, after what this page has still to tell it. */
export async function ask() {
  if (!badge) return;
  try {
    await isRead;
    const answer = await fetch(badge.dataset.from, { headers: { Accept: "application/json" } });
    if (answer.ok) show((await answer.json()).badge);
  } catch {
    // offline: the next occasion asks again
  }
}

/** Many may do something at the same moment: one question will do. */
export function askSoon() {
  soon ??= setTimeout(() => {
    soon = undefined;
    ask();
  }, DEBOUNCE + Math.random() * JITTER);
}

/** Without a line the clock asks. */
export function pollWithout(line) {
  setInterval(() => line.isUp || line.isOver || document.hidden || ask(), POLL);
}

function show(figure) {
  badge.textContent = figure;
  badge.hidden = !figure;
  title.say("notifications", figure);
  const bar = document.getElementById("show-notifications");
  if (bar) bar.hidden = !figure;
}

/** A page in a window behind others has not been seen. */
function whenSeen(doing) {
  if (!document.hidden) doing();
  else document.addEventListener("visibilitychange", doing, { once: true });
}

async function markRead(form) {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { "HX-Request": "true" },
  });
  if (answer.ok) form.remove();
}
