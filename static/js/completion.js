// Names and hashtags completed while a tweet is written: a list under the text that arrow keys walk, Enter or Tab takes
// and Escape closes. Without it everything can be written just the same.

const BEGUN = /(?<![\w@#/&])([@#])([\p{L}\p{M}\p{N}_]{1,50})$/u;
const PAUSE = 150;
const ADDRESSES = { "@": "/api/complete/people/", "#": "/api/complete/hashtags/" };

let open = null; // the list that is shown, and what it is for
let asking = null; // the question under way
let timer;

export function start() {
  document.addEventListener("input", (event) => event.target.matches?.("[data-text]") && look(event.target));
  document.addEventListener("keydown", steer, true); // before others hear of Enter and Escape
  document.addEventListener("focusout", (event) => open?.text === event.target && close());
  document.addEventListener("click", (event) => event.target.matches?.("[data-text]") && close());
}

/** What is being written just before the caret. */
function begun(text) {
  if (text.selectionStart !== text.selectionEnd) return null;
  const found = BEGUN.exec(text.value.slice(0, text.selectionStart));
  return found && { sign: found[1], beginning: found[2], at: found.index };
}

function look(text) {
  clearTimeout(timer);
  asking?.abort();
  const word = begun(text);
  if (word) timer = setTimeout(() => ask(text, word), PAUSE);
  else close();
}

async function ask(text, word) {
  asking = new AbortController();
  try {
    const address = `${ADDRESSES[word.sign]}?q=${encodeURIComponent(word.beginning)}`;
    const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
    const results = answer.ok ? (await answer.json()).results : [];
    if (document.activeElement === text) show(text, word, results);
  } catch (error) {
    if (error.name !== "AbortError") close(); // nothing to offer; what is written stays
  }
}

function show(text, word, results) {
  close();
  if (!results.length) return;
  const list = document.createElement("ul");
  list.id = `${text.id}-completions`;
  list.className = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", word.sign === "@" ? "People" : "Hashtags");
  const options = results.map((each, at) => option(list, word, each, at));
  list.append(...options);
  text.insertAdjacentElement("afterend", list);
  text.setAttribute("role", "combobox");
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-expanded", "true");
  text.setAttribute("aria-controls", list.id);
  open = { text, word, list, options, at: -1 };
  choose(0);
}

function option(list, word, result, at) {
  const item = document.createElement("li");
  item.id = `${list.id}-${at}`;
  item.setAttribute("role", "option");
  item.dataset.value = word.sign + (result.username ?? result.name);
  if (result.avatar_url) {
    const picture = document.createElement("img");
    Object.assign(picture, { src: result.avatar_url, alt: "", width: 32, height: 32, className: "avatar" });
    item.append(picture);
  }
  const name = document.createElement("bdi");
  name.textContent = result.username ? result.name : item.dataset.value;
  const beside = document.createElement("small");
  beside.textContent = result.username ? item.dataset.value : `${result.tweets} tweet${result.tweets === 1 ? "" : "s"}`;
  item.append(name, beside);
  item.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the text keeps the focus
    take(item);
  });
  return item;
}

function choose(at) {
  open.options[open.at]?.removeAttribute("aria-selected");
  open.at = (at + open.options.length) % open.options.length;
  const chosen = open.options[open.at];
  chosen.setAttribute("aria-selected", "true");
  chosen.scrollIntoView({ block: "nearest" });
  open.text.setAttribute("aria-activedescendant", chosen.id);
}

function steer(event) {
  if (!open || event.target !== open.text || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const doing = {
    ArrowDown: () => choose(open.at + 1),
    ArrowUp: () => choose(open.at - 1),
    Enter: () => take(open.options[open.at]),
    Tab: () => take(open.options[open.at]),
    Escape: close,
  }[event.shiftKey ? "" : event.key];
  if (!doing) return;
  event.preventDefault();
  event.stopPropagation();
  doing();
}

function take(item) {
  const { text, word } = open;
  const behind = text.value.slice(text.selectionStart);
  const space = /^\s/.test(behind) ? "" : " ";
  text.setRangeText(item.dataset.value + space, word.at, text.selectionStart, "end");
  close();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

function close() {
  clearTimeout(timer);
  asking?.abort();
  if (!open) return;
  for (const name of ["role", "aria-autocomplete", "aria-expanded", "aria-controls", "aria-activedescendant"]) {
    open.text.removeAttribute(name);
  }
  open.list.remove();
  open = null;
}
