// Moments as the reader counts them: how long ago, and the exact time of his own clock on pointing at it.

const MINUTE = 60_000;
const STEPS = [[60, 1, "s"], [3600, 60, "m"], [86_400, 3600, "h"]];
const UNITS = [[86_400, "day"], [3600, "hour"], [60, "minute"]];

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });
const day = new Intl.DateTimeFormat("en", { month: "short", day: "numeric" });
const dayOfYear = new Intl.DateTimeFormat("en", { month: "short", day: "numeric", year: "numeric" });

export function start() {
  setInterval(() => adopt(document), MINUTE);
}

export function adopt(within) {
  for (const time of within.querySelectorAll("time[data-ago]")) {
    const then = new Date(time.dateTime);
    time.textContent = ago(then, new Date());
    time.title = exact.format(then);
  }
  for (const time of within.querySelectorAll("time[data-left]")) {
    const then = new Date(time.dateTime);
    time.textContent = left(then, new Date());
    time.title = exact.format(then);
  }
  for (const time of within.querySelectorAll("time[data-exact]")) {
    time.textContent = exact.format(new Date(time.dateTime));
  }
}

function ago(then, now) {
  const seconds = (now - then) / 1000;
  if (seconds < 5) return "now";
  for (const [limit, unit, name] of STEPS) {
    if (seconds < limit) return `${Math.floor(seconds / unit)}${name}`;
  }
  return (then.getFullYear() === now.getFullYear() ? day : dayOfYear).format(then);
}

function left(then, now) {
  const seconds = (then - now) / 1000;
  for (const [unit, name] of UNITS) {
    const count = Math.floor(seconds / unit);
    if (count >= 1) return `${count} ${name}${count > 1 ? "s" : ""} left`;
  }
  return seconds > 0 ? "Less than a minute left" : "Ended";
}
