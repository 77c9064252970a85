// Tweets that have changed: fetched again and put in the place of what the page shows of them. The reader stays where he
// is, and so does the focus.

const MOST = 100;
const PAUSE = 300;
const JITTER = 1500;

const soon = new Set();
const kinds = ["ids", "main", "pinned"];
let waiting = new Map();
let adopt = () => {};
let timer;

export function start(adopting) {
  adopt = adopting;
  document.addEventListener("posted", (event) => refresh(event.detail?.changed ?? []));
}

/** Tweets by id that are kept aside, and change with those on the page. */
export function alsoIn(held) {
  waiting = held;
}

/** What many pages hear of at once they do not ask for at once. */
export function refreshSoon(id) {
  soon.add(id);
  timer ??= setTimeout(() => {
    const ids = [...soon];
    soon.clear();
    timer = undefined;
    refresh(ids);
  }, PAUSE + Math.random() * JITTER);
}

export async function refresh(ids) {
  const old = [...new Set(ids.flatMap(showing))].slice(0, MOST);
  if (!old.length) return;
  const fresh = await fetched(old).catch(() => new Map()); // offline: the page stays as it is
  const pairs = old.map((article) => [article, fresh.get(name(article))]).filter(([, found]) => found);
  for (const [article, found] of pairs) {
    if (waiting.get(article.dataset.id) === article) waiting.set(article.dataset.id, found);
  }
  const shown = pairs.filter(([article]) => article.isConnected);
  keepingPlace(shown, () => shown.forEach(replace));
}

/** Everything that shows a tweet: itself, a retweet of it, a quote of it. */
function showing(id) {
  const wanted = `[data-id="${id}"], [data-original="${id}"]`;
  const quotes = (article) => article.querySelector(`[data-quote="${id}"]`);
  const articles = [...document.querySelectorAll("article[data-id]"), ...waiting.values()];
  return articles.filter((article) => article.matches(wanted) || quotes(article));
}

function kind(article) {
  if (article.matches(".main-tweet")) return "main";
  return "pinned" in article.dataset ? "pinned" : "ids";
}

function name(article) {
  return `${kind(article)} ${article.dataset.id}`;
}

async function fetched(articles) {
  const query = new URLSearchParams();
  for (const each of kinds) {
    const ids = articles.filter((article) => kind(article) === each).map((article) => article.dataset.id);
    if (ids.length) query.set(each, ids.join());
  }
  const answer = await fetch(`${document.body.dataset.entries}?${query}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.headers.has("HX-Redirect")) throw new Error(`${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = [...page.querySelectorAll("article[data-id]")].map((article) => document.adoptNode(article));
  return new Map(found.map((article) => [name(article), article]));
}

function replace([article, found]) {
  const focused = article.contains(document.activeElement) ? document.activeElement : null;
  article.replaceWith(found);
  window.htmx.process(found);
  adopt(found);
  if (focused === article) found.focus({ preventScroll: true });
  else if (focused) ((focused.id && found.querySelector(`#${CSS.escape(focused.id)}`)) || found).focus({ preventScroll: true });
}

/** The first tweet in sight does not move, however much longer those above it have become. */
function keepingPlace(pairs, change) {
  const replaced = new Map(pairs);
  const inSight = [...document.querySelectorAll("article[data-id]")].filter((article) => {
    const { top, bottom } = article.getBoundingClientRect();
    return bottom > 0 && (top >= 0 || !replaced.has(article));
  });
  const [anchor] = inSight;
  const before = anchor?.getBoundingClientRect().top;
  const root = document.documentElement.style;
  root.overflowAnchor = "none"; // one of us is enough
  change();
  const after = (replaced.get(anchor) ?? anchor)?.getBoundingClientRect().top;
  if (anchor && after !== before) window.scrollBy({ top: after - before, behavior: "instant" });
  root.overflowAnchor = "";
}
