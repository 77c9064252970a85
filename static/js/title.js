// The page's title begins with how much is new: all that the parts of the page say, added up.

const news = new Map();
let words;

/** `figure` is how a badge says it: "3", "99+", or "" for nothing. The first to speak says what the server has written. */
export function say(part, figure) {
  words ??= document.title.replace(figure && `(${figure}) `, "");
  news.set(part, figure);
  const figures = Array.from(news.values()).filter(Boolean);
  const sum = figures.reduce((total, each) => total + parseInt(each, 10), 0);
  const more = figures.some((each) => each.endsWith("+")) ? "+" : "";
  document.title = sum ? `(${sum}${more}) ${words}` : words;
}
