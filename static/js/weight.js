// The length of a tweet as X counts it: an address 23, an emoji 2, Latin letters and their like 1, everything else 2.
// The server has the last word; this is the same count while writing. See tweets/text.py.

import { ENDINGS } from "./endings.js";

export const MOST = 280;

const URL_WEIGHT = 23;
const EMOJI_WEIGHT = 2;
const LIGHT = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]];

const LATIN = "\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u024F\\u0253\\u0254\\u0256\\u0257\\u0259\\u025B\\u0263\\u0268\\u026F\\u0272\\u0289\\u028B\\u02BB\\u0300-\\u036F\\u1E00-\\u1EFF";
const IN_PATH = `[a-z\\u0400-\\u04FF0-9!*';:=+,.$/%#[\\]\\-\\u2013_~@|&${LATIN}]`;
const PARENTHESES = `\\((?:${IN_PATH}+|${IN_PATH}*\\(${IN_PATH}+\\)${IN_PATH}*)\\)`;
const PATH_END = `(?:[+\\-a-z\\u0400-\\u04FF0-9=_#/${LATIN}]|${PARENTHESES})`;
const PATH = `(?:${IN_PATH}*(?:${PARENTHESES}${IN_PATH}*)*${PATH_END}|@${IN_PATH}+/)`;
const QUERY = "\\?[a-z0-9!?*'@();:&=+$/%#[\\]\\-_.,~|]*[a-z0-9\\-_&=#/]";
const ENDING = `(?:(?:${ENDINGS.join("|")})(?=[^0-9a-zA-Z@+-]|$)|xn--[\\-0-9a-z]+)`;
const IN_NAME = "[^\\p{P}\\p{S}\\s\\p{C}]";
const LABEL = `(?:${IN_NAME}(?:[_-]|${IN_NAME})*)?${IN_NAME}\\.`;
const REST = `(?::[0-9]+)?(?:/${PATH}*)?(?:${QUERY})?`;

const ADDRESS = new RegExp(`(?<![A-Za-z0-9@＠$#＃])(https?://)?(?:${LABEL})+${ENDING}${REST}`, "giu");
const BARE = new RegExp(`^(?:[\\-a-z0-9${LATIN}]+\\.)+${ENDING}`, "iu");
const BARE_MUST_NOT_FOLLOW = /[-_./]$/;

const EMOJI = /\p{Extended_Pictographic}|^\p{Regional_Indicator}{2}|^[0-9#*]\uFE0F?\u20E3/u;
const clusters = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;

export function weight(raw) {
  const text = raw.replace(/\r\n?/g, "\n").normalize("NFC").trim();
  let total = 0;
  const rest = text.includes(".") ? text.replace(ADDRESS, (found, protocol, at) => {
    if (!isAddress(found, protocol, text.slice(0, at))) return found;
    total += URL_WEIGHT;
    return "";
  }) : text;
  for (const cluster of split(rest)) total += weightOfCluster(cluster);
  return total;
}

function isAddress(found, protocol, before) {
  return Boolean(protocol) || (BARE.test(found) && !BARE_MUST_NOT_FOLLOW.test(before));
}

function split(text) {
  return clusters ? Array.from(clusters.segment(text), (each) => each.segment) : Array.from(text);
}

function weightOfCluster(cluster) {
  if (EMOJI.test(cluster)) return EMOJI_WEIGHT;
  let total = 0;
  for (const character of cluster) total += weightOfCharacter(character.codePointAt(0));
  return total;
}

function weightOfCharacter(point) {
  return LIGHT.some(([first, last]) => first <= point && point <= last) ? 1 : 2;
}
