// A list of tweets: the next page when its end comes near, tweets that open on a click, steps by keyboard.

const AHEAD = "1200px";
const CONTROLS = "a, button, summary, input, textarea, .menu-list";
const STEPS = { PageDown: 1, PageUp: -1, j: 1, k: -1 };

const nearing = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      nearing.unobserve(target); // after a failure the link waits to be clicked
      window.htmx.trigger(target, "near");
    }
  },
  { rootMargin: AHEAD },
);

export function start() {
  document.addEventListener("click", openTweet);
  document.addEventListener("auxclick", openTweet);
  document.addEventListener("keydown", step);
  document.addEventListener("htmx:beforeRequest", (event) => setBusy(event, true));
  document.addEventListener("htmx:afterRequest", (event) => setBusy(event, false));
}

export function adopt(within) {
  if (within.matches?.("[data-near]")) nearing.observe(within);
  within.querySelectorAll("[data-near]").forEach((link) => nearing.observe(link));
  if (within.matches?.("article[data-id]")) replaceOlder(within);
}

/** A tweet may come twice, posted here and with a page: it is shown once, where it came last. */
function replaceOlder(article) {
  for (const other of article.parentElement.querySelectorAll(`:scope > article[data-id="${article.dataset.id}"]`)) {
    if (other !== article) other.remove();
  }
}

/** Takes a tweet, and everything that repeats it, out of the page. */
export function remove(id) {
  for (const quote of document.querySelectorAll(`[data-quote="${id}"]`)) quote.replaceWith(gone("quote quote-gone"));
  for (const article of document.querySelectorAll(`[data-id="${id}"], [data-original="${id}"]`)) take(article);
}

export function take(article) {
  if (article.closest(".thread") || article.matches(".main-tweet")) {
    article.replaceWith(gone("gone"));
    return;
  }
  if (article.contains(document.activeElement)) neighbour(article, 1)?.focus({ preventScroll: true });
  article.remove();
}

function gone(kind) {
  const words = document.createElement("p");
  words.className = `${kind} muted`;
  words.textContent = "This tweet is unavailable.";
  return words;
}

function openTweet(event) {
  const place = event.target.closest("[data-url]");
  if (!place || event.target.closest(CONTROLS) || event.defaultPrevented || event.button > 1) return;
  if (String(getSelection())) return;
  const apart = event.button === 1 || event.ctrlKey || event.metaKey;
  if (apart) window.open(place.dataset.url, "_blank", "noopener");
  else location.assign(place.dataset.url);
}

function step(event) {
  const article = event.target.closest?.("[role=feed] article");
  if (!article || event.target.closest("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && event.target === article) location.assign(article.dataset.url);
  const next = STEPS[event.key] && neighbour(article, STEPS[event.key]);
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function neighbour(article, by) {
  const articles = Array.from((article.closest("[role=feed]") ?? article.parentElement).querySelectorAll("article"));
  return articles[articles.indexOf(article) + by];
}

function setBusy(event, busy) {
  const list = event.detail.target;
  if (event.target.matches?.("[data-near]") && list.matches("[role=feed]")) list.setAttribute("aria-busy", busy);
}
