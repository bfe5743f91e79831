// @ts-check
// The votes of a lecture as text: what was asked, and how many said what. No page, no server.

/** @typedef {import("./lecture_types.js").Polled} Polled */

/** What TeX in a question is written as. @type {Record<string, string>} */
const SIGNS = { eta: "η", iota: "ι", zeta: "ζ", beta: "β", kappa: "κ", sigma: "σ", delta: "δ", infty: "∞", cdot: "·", le: "≤", ge: "≥" };

/**
 * Markdown with formulas as a line of text.
 * @param {string} markdown
 */
export const plain = (markdown) => markdown
  .replace(/\$([^$]*)\$/g, (_, formula) => `\u0001${tex(formula)}\u0001`)
  .split("\u0001").map((piece, i) => (i % 2 ? piece : piece.replace(/\*+|\\/g, ""))).join("");

/** @param {string} formula */
const tex = (formula) => formula
  .replace(/\\frac\{?(\w)\}?\{?(\w)\}?/g, "$1/$2")
  .replace(/\\sqrt\s*\{?(\w+)\}?/g, "√$1")
  .replace(/\\(\w+)/g, (whole, name) => SIGNS[name] ?? name)
  .replace(/\\./g, " ").replace(/[{}]/g, "");

/**
 * The polls that somebody has voted in.
 * @param {Iterable<Polled>} polls
 */
export const voted = (polls) => [...polls].filter(({ first, second }) => [...first ?? [], ...second ?? []].some(Boolean));

/** A field of a table that a spreadsheet reads as text or number, and never as a formula. @param {string | number} field */
export function field(field) {
  const text = String(field);
  const safe = /^[=+@\t\r-]/.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * A line for each option of each question: how many said it in each round, and whether it is right.
 * @param {Polled[]} polls
 * @param {(page: string) => string} titled
 */
export function csv(polls, titled) {
  const lines = [["page", "question", "option", "unit", "first round", "second round", "right"], ...polls.flatMap((poll) => (
    poll.options.map((option, i) => [
      titled(poll.page), plain(poll.text), option, poll.unit.trim(), poll.first?.[i] ?? 0, poll.second?.[i] ?? "",
      poll.right ? (poll.right.includes(i) ? "yes" : "no") : "",
    ])))];
  return lines.map((line) => `${line.map(field).join(",")}\r\n`).join("");
}
