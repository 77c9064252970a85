// Remembers on the server up to where home was read, for the next visit on whatever device.
//
// Read is what has been on the screen for a moment, on a page that its reader has moved. The mark rises from tweet to
// tweet and never over one that has not been read: loading the page, or a look at its top, leaves it where it is.

const MOMENT = 1000;
const PAUSE = 5000;
const MOVES = ["wheel", "touchmove", "keydown", "pointerdown"];

let reading;

export function start() {
  const list = document.querySelector("[data-read-to]");
  if (list) reading = new Reading(list);
}

export function adopt(within) {
  reading?.watch(within);
}

class Reading {
  constructor(list) {
    this.list = list;
    this.address = list.dataset.readTo;
    this.known = BigInt(list.dataset.read);
    this.version = Number(list.dataset.readVersion);
    this.read = new Set();
    this.timers = new Map();
    this.hasMoved = false;
    this.onScreen = new IntersectionObserver((entries) => entries.forEach((entry) => this.look(entry)), {
      threshold: [0, 0.5, 1],
    });
    for (const move of MOVES) addEventListener(move, () => this.moved(), { once: true, passive: true });
    document.addEventListener("visibilitychange", () => document.hidden && this.send());
    addEventListener("pagehide", () => this.send());
  }

  moved() {
    this.hasMoved = true;
    this.sendLater();
  }

  watch(within) {
    if (within.matches?.("article[data-id]") && within.parentElement === this.list) this.onScreen.observe(within);
    for (const article of within.querySelectorAll("article[data-id]")) {
      if (article.parentElement === this.list) this.onScreen.observe(article);
    }
  }

  /** Half of a tweet has to be seen, or as much as the screen takes. */
  look({ target, isIntersecting, intersectionRatio, intersectionRect }) {
    const { id } = target.dataset;
    const isSeen = isIntersecting && (intersectionRatio >= 0.5 || intersectionRect.height > innerHeight / 2);
    if (!isSeen) {
      clearTimeout(this.timers.get(id));
      this.timers.delete(id);
    } else if (!this.read.has(id) && !this.timers.has(id)) {
      this.timers.set(id, setTimeout(() => this.take(id), MOMENT));
    }
  }

  take(id) {
    this.timers.delete(id);
    if (document.hidden) return;
    this.read.add(id);
    this.sendLater();
  }

  /** The newest tweet up to which everything above the mark has been read; the mark itself if nothing follows it. */
  reached() {
    const ids = this.articles().map((article) => BigInt(article.dataset.id));
    ids.sort((one, other) => (one < other ? -1 : 1));
    const isWhole = this.known === 0n || ids[0] <= this.known || !document.querySelector("#more a");
    let reached = this.known;
    for (const id of isWhole ? ids : []) {
      if (id <= this.known) continue;
      if (this.read.has(String(id))) reached = id;
      else if (reached !== 0n) break;
    }
    return reached;
  }

  articles() {
    return Array.from(this.list.querySelectorAll(":scope > article"));
  }

  sendLater() {
    this.pause ??= setTimeout(() => {
      this.pause = undefined;
      this.send();
    }, PAUSE);
  }

  async send() {
    const reached = this.reached();
    if (!this.hasMoved || this.isSending || reached <= this.known) return;
    this.isSending = true;
    try {
      await this.tell(reached);
    } catch {
      // offline: the next tweet read tells it
    } finally {
      this.isSending = false;
    }
  }

  /** Another device may have moved the mark: what it says holds, unless more has been read here. */
  async tell(reached) {
    const response = await fetch(this.address, {
      method: "POST",
      keepalive: true,
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value,
      },
      body: JSON.stringify({ home: { last_read_id: String(reached), version: this.version } }),
    });
    if (!response.ok && response.status !== 409) return;
    const answer = await response.json();
    const { home } = response.ok ? answer : answer.current;
    this.known = BigInt(home?.last_read_id ?? 0);
    this.version = home?.version ?? 0;
    if (response.status === 409) this.sendLater();
  }
}
