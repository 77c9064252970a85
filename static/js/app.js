// What makes the pages quicker. All of them work without it.

import * as changes from "./changes.js";
import * as completion from "./completion.js";
import * as composer from "./composer.js";
import * as dialogs from "./dialogs.js";
import * as feed from "./feed.js";
import * as live from "./live.js";
import * as menus from "./menus.js";
import * as notices from "./notices.js";
import * as position from "./position.js";
import * as time from "./time.js";
import * as unread from "./unread.js";

/** Everything new on the page passes through here. */
function adopt(within) {
  for (const part of [composer, feed, notices, position, time]) part.adopt(within);
}

for (const part of [completion, composer, dialogs, feed, menus, notices, position, time, unread]) part.start();
changes.start(adopt);
adopt(document);
document.addEventListener("htmx:load", (event) => adopt(event.detail.elt));
document.querySelector("[data-back]")?.addEventListener("click", goBack);
live.start(adopt);

/** Back to where the reader came from, if that was here; else the link leads where it says. */
function goBack(event) {
  if (!document.referrer.startsWith(`${location.origin}/`) || history.length < 2) return;
  event.preventDefault();
  history.back();
}
