// What is new on an open home page. Hints from the socket, or the clock when there is none, make it ask the server, page
// by page upwards from what is shown, so that there is never a gap. At the top what comes back is kept aside and offered;
// to a reader who is further down it is added above, and what he sees stays where it is.
//
// A lower id may be committed after a higher one, so every question begins 15 seconds of ids below the newest shown, and
// what the page has already is ignored. Only where there is more than was fetched, the next question goes on from there.

import * as changes from "./changes.js";
import * as feed from "./feed.js";
import { say } from "./notices.js";
import { Line } from "./socket.js";
import * as title from "./title.js";
import * as unread from "./unread.js";

const OVERLAP = 15_000n << 22n;
const PAGES_AT_ONCE = 4;
const PAGES_OF_ALL = 20;
const DEBOUNCE = 800;
const JITTER = 600;
const POLL = 30_000;
const SLOWEST_POLL = 300_000;
const AHEAD = 2000;

export function start(adopt) {
  const list = document.querySelector("[data-newer-from]");
  if (list) new Home(list, adopt);
  else if (document.body.dataset.viewer) listen();
}

/** A page that is no home hears of what it shows already, and of notifications. */
function listen() {
  const line = new Line(address(), { opened: unread.ask, hears });
  unread.pollWithout(line);
}

function hears(hint) {
  if (hint.type === "deleted") feed.remove(hint.id);
  else if (hint.type === "edited") changes.refreshSoon(hint.id);
  else if (hint.type === "notifications") unread.askSoon();
}

/** The address given, or this site's own; http means ws and https wss. */
function address() {
  const url = new URL(document.body.dataset.live || "/", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  if (url.pathname === "/") url.pathname = "/live/";
  return url;
}

class Home {
  constructor(list, adopt) {
    this.list = list;
    this.adopt = adopt;
    this.bar = document.getElementById("show-new");
    this.newest = BigInt(list.dataset.newest);
    this.held = new Map();
    this.added = new Set();
    this.more = false;
    this.pollPause = POLL;
    changes.alsoIn(this.held);

    this.bar.addEventListener("click", () => this.show());
    document.addEventListener("htmx:afterSettle", () => this.refresh());
    addEventListener("scroll", () => this.goOn(), { passive: true });
    document.addEventListener("visibilitychange", () => document.hidden || this.comeBack());
    this.line = new Line(address(), { opened: () => this.connected(), hears: (hint) => this.hear(hint) });
    this.pollLater();
    unread.pollWithout(this.line);
  }

  // --- When to ask

  connected() {
    if (this.wasConnected) this.askAll();
    else this.ask();
    this.wasConnected = true;
    unread.ask();
  }

  hear(hint) {
    if (hint.type === "deleted") this.forget(hint.id);
    else if (hint.type === "edited") changes.refreshSoon(hint.id);
    else if (hint.type === "ties") this.askSoon({ all: true });
    else if (hint.type === "notifications") unread.askSoon();
    else if (hint.type === "closed") say("You are logged out. Load the page again to log in.");
    else if (hint.type === "tweet" && !this.has(hint.id)) this.askSoon({ all: false });
  }

  askSoon({ all }) {
    this.soonAll ||= all;
    this.soon ??= setTimeout(() => {
      const question = this.soonAll ? this.askAll() : this.ask();
      this.soon = undefined;
      this.soonAll = false;
      return question;
    }, DEBOUNCE + Math.random() * JITTER);
  }

  comeBack() {
    this.pollPause = POLL;
    if (!this.line.isUp && !this.line.isOver) this.ask();
  }

  pollLater() {
    setTimeout(async () => {
      if (this.line.isOver) return;
      if (!this.line.isUp && !document.hidden) await this.poll();
      else this.pollPause = POLL;
      this.pollLater();
    }, this.pollPause);
  }

  async poll() {
    const before = this.held.size;
    await this.ask();
    this.pollPause = this.held.size > before ? POLL : Math.min(this.pollPause * 1.5, SLOWEST_POLL);
  }

  // --- Asking: one question at a time, the next waits its turn

  ask() {
    return this.inTurn(() => this.takeFrom(this.more ? this.newest : this.newest - OVERLAP, PAGES_AT_ONCE));
  }

  /** Look at everything the page covers: what is new, and what must not be seen any more. */
  askAll() {
    return this.inTurn(async () => {
      const top = this.ids().reduce((most, id) => (id > most ? id : most), this.newest);
      const { seen, cursor } = await this.takeFrom(0n, PAGES_OF_ALL);
      const upTo = this.more || cursor > top ? cursor : top; // what was posted meanwhile is not judged
      for (const article of [...this.articles(), ...this.held.values()]) {
        const { id } = article.dataset;
        if (BigInt(id) > upTo || seen.has(id)) continue;
        this.held.delete(id);
        if (article.isConnected) feed.take(article);
      }
      this.refresh();
    });
  }

  inTurn(question) {
    this.turn = (this.turn ?? Promise.resolve()).then(question).catch(() => {}); // offline: the next occasion asks again
    return this.turn;
  }

  /** Keep aside what is above `since`, within the page's reach and not on it: page by page upwards, `most` of them. */
  async takeFrom(since, most) {
    const seen = new Set();
    const bottom = this.bottom();
    let cursor = since > bottom ? since : bottom;
    this.more = true;
    for (let page = 0; page < most && this.more; page += 1) {
      const answer = await this.fetch(cursor);
      for (const article of answer.querySelectorAll("article[data-id]")) {
        seen.add(article.dataset.id);
        if (!this.has(article.dataset.id)) this.held.set(article.dataset.id, article);
      }
      cursor = BigInt(answer.dataset.newest);
      this.more = "more" in answer.dataset;
    }
    if (cursor > this.newest) this.newest = cursor;
    if (this.isBelowTop()) this.addAbove();
    this.refresh();
    return { seen, cursor };
  }

  async fetch(since) {
    const response = await fetch(`${this.list.dataset.newerFrom}?since=${since}`, { headers: { "HX-Request": "true" } });
    if (!response.ok || response.headers.has("HX-Redirect")) throw new Error(`${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return document.adoptNode(page.querySelector("[data-newest]"));
  }

  // --- What the page has, and what waits

  articles() {
    return Array.from(this.list.querySelectorAll(":scope > article"));
  }

  /** Above which id everything belongs onto the page; to what is below, the link at its end leads. */
  bottom() {
    if (!document.querySelector("#more a")) return 0n;
    return this.ids().reduce((least, id) => (id < least ? id : least), this.newest) - 1n;
  }

  ids() {
    return this.articles().map((article) => BigInt(article.dataset.id));
  }

  has(id) {
    return this.held.has(id) || this.list.querySelector(`:scope > article[data-id="${id}"]`) !== null;
  }

  forget(id) {
    for (const [key, article] of this.held) {
      if (key === id || article.dataset.original === id) this.held.delete(key);
    }
    this.added.delete(id);
    feed.remove(id);
    this.refresh();
  }

  /** The bar and the title say how many there are; what meanwhile came onto the page by itself does not count. */
  refresh() {
    for (const article of this.articles()) this.held.delete(article.dataset.id);
    const count = this.held.size + this.added.size;
    const shown = this.more && count ? `${count}+` : String(count);
    this.bar.hidden = count === 0;
    this.bar.textContent = `Show ${shown} new ${count === 1 && !this.more ? "tweet" : "tweets"}`;
    title.say("tweets", count ? shown : "");
  }

  /** Everything in its place by id, the reader at the top, the focus on the first new tweet. */
  show() {
    this.insertAll();
    this.added.clear();
    this.refresh();
    window.scrollTo({ top: 0 });
    this.articles()[0]?.focus({ preventScroll: true });
    if (this.more) this.ask();
  }

  /** Whether the reader has left the top: the first tweet is above what he sees. */
  isBelowTop() {
    const first = this.list.querySelector(":scope > article");
    return first !== null && first.getBoundingClientRect().bottom < 0;
  }

  /** What waits, in its place above the reader, who is not moved; as far as it has come, it is whole. */
  addAbove() {
    const seen = Array.from(this.list.children).find((each) => each.getBoundingClientRect().bottom > 0);
    const before = seen?.getBoundingClientRect().top;
    for (const article of this.insertAll()) this.added.add(article.dataset.id);
    if (seen) scrollBy({ top: seen.getBoundingClientRect().top - before, behavior: "instant" });
  }

  /** Near the top of what is shown, ask for what lies above it. */
  goOn() {
    if (this.added.size && !this.isBelowTop()) {
      this.added.clear();
      this.refresh();
    }
    if (!this.more || this.isGoingOn) return;
    if (this.list.getBoundingClientRect().top < -AHEAD) return;
    this.isGoingOn = true;
    this.ask().finally(() => (this.isGoingOn = false));
  }

  insertAll() {
    const waiting = Array.from(this.held.values()).sort(newestFirst);
    this.held.clear();
    for (const article of waiting) this.insert(article);
    return waiting;
  }

  insert(article) {
    const id = BigInt(article.dataset.id);
    const next = this.articles().find((each) => BigInt(each.dataset.id) < id);
    this.list.insertBefore(article, next ?? null);
    article.classList.add("arrived");
    window.htmx.process(article);
    this.adopt(article);
  }
}

function newestFirst(one, other) {
  return BigInt(one.dataset.id) < BigInt(other.dataset.id) ? 1 : -1;
}
