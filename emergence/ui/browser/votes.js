// @ts-check
// The votes of a class on a question: what is said of them, and how they are drawn. No page, no server.

/** @typedef {import("./types.js").Asked} Asked */
/** @typedef {import("./lecture_types.js").Vote} Vote */

const TICKS = 4; // intervals between the named stops of an axis
const LONG = 5; // letters of a stop from which on half as many have room
const NARROW = 41; // digits that have room side by side above the bars
const BAND = 12; // pixels of the widest band from the first round to the second

/** @param {string} text */
export const escaped = (text) =>
  text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** @param {number[]} counts */
const sum = (counts) => counts.reduce((all, each) => all + each, 0);

/** @param {number} share */
const percent = (share) => `${Math.round(100 * share)} %`;

/**
 * How many have voted, for whoever leads.
 * @param {Vote} vote
 * @param {number} following
 */
export function answered({ answered: many = 0, round }, following) {
  const of = Math.max(many, following); // somebody may have voted and gone
  const where = round > 1 ? " in the second round" : "";
  return `${many} of ${of} ${of === 1 ? "has" : "have"} answered${where}`;
}

/**
 * How many changed their guess between the rounds; "" where nobody voted in both.
 * @param {Vote} vote
 */
export function moved({ shift = [] }) {
  const both = sum(shift.map(([, , many]) => many));
  if (!both) return "";
  const changed = sum(shift.map(([first, second, many]) => (first === second ? 0 : many)));
  return `${changed} of the ${both} who voted twice changed their guess.`;
}

/**
 * The share that was right, of each round; "" while it is not known what is right, or nobody voted.
 * @param {Vote} vote
 */
export function verdict({ first = [], second, right, bound }) {
  if (!right) return "";
  /** @param {number[]} counts */
  const rights = (counts) => sum(right.map((option) => counts[option]));
  const last = second && sum(second) ? second : first;
  if (!sum(last)) return "";
  const within = bound ? ` (${bound})` : "";
  const before = last !== first && sum(first) ? `; before the discussion ${percent(rights(first) / sum(first))}` : "";
  return `${percent(rights(last) / sum(last))} were right${within}: ${rights(last)} of ${sum(last)}${before}.`;
}

/**
 * The histogram in words.
 * @param {Asked} question
 * @param {Vote} vote
 */
export function inWords({ options, unit }, { first = [], second }) {
  /** @param {number[]} counts */
  const listed = (counts) =>
    options.flatMap((option, i) => (counts[i] ? [`${option}${unit}: ${counts[i]}`] : [])).join("; ") || "none";
  return second ? `First round: ${listed(first)}. Second round: ${listed(second)}.` : `Votes: ${listed(first)}.`;
}

/**
 * The stops of an axis that are named.
 * @param {string[]} options
 */
export function ticks(options) {
  const intervals = options.some(({ length }) => length > LONG) ? TICKS / 2 : TICKS;
  const named = Array.from({ length: intervals + 1 }, (_, i) => Math.round((i * (options.length - 1)) / intervals));
  return [...new Set(named)];
}

/**
 * Bands from what was said first to what was said then, in the box of `count` by 1, turned for a list.
 * @param {Vote} vote
 * @param {number} count
 * @param {boolean} list
 */
export function bands({ shift = [] }, count, list) {
  const most = Math.max(1, ...shift.map(([, , many]) => many));
  const paths = shift.map(([i, j, many]) => {
    const [a, b] = [i + 0.5, j + 0.5];
    const way = list ? `M0 ${a}C.5 ${a} .5 ${b} 1 ${b}` : `M${a} 0C${a} .5 ${b} .5 ${b} 1`;
    return `<path d="${way}" stroke-width="${Math.max(1, (BAND * many) / most)}"/>`;
  });
  const box = list ? `0 0 1 ${count}` : `0 0 ${count} 1`;
  return `<svg class="votes-bands" viewBox="${box}" preserveAspectRatio="none">${paths.join("")}</svg>`;
}

/**
 * The histogram as HTML: of a number in columns along its axis, of a choice in a list; of two rounds the
 * second below or beside the first, with bands from one to the other.
 * @param {Asked} question
 * @param {Vote} vote
 */
export function histogram(question, vote) {
  const { first = [], second } = vote;
  const rounds = second ? [first, second] : [first];
  const most = Math.max(1, ...rounds.flat());
  const body = question.kind === "choice" ? list(question, vote, rounds, most) : columns(question, vote, rounds, most);
  return `<div class="votes votes-${question.kind}" data-rounds="${rounds.length}" role="img" aria-label="${escaped(inWords(question, vote))}">${body}</div>`;
}

/**
 * @param {Asked} question
 * @param {Vote} vote
 * @param {number[][]} rounds
 * @param {number} most
 */
function columns({ options, unit }, vote, rounds, most) {
  const { length } = options;
  const right = new Set(vote.right ?? []);
  const middle = right.size ? (sum([...right]) / right.size + 0.5) / length : 0;
  const early = middle < 0.5;
  const mark = right.size ? `<em class="votes-mark" style="left:${100 * middle}%">right</em>` : "";
  const rows = rounds.map((counts, round) => {
    const high = Math.max(...counts);
    const wide = length * String(high).length > NARROW; // numbers side by side would touch
    const bars = counts.map((many, i) => {
      const top = many === high && !(wide && counts[i - 1] === high);
      const said = many && (top || length <= 12) ? `<b>${many}</b>` : "";
      return `<span${right.has(i) ? ' class="votes-right"' : ""}><i style="height:${(100 * many) / most}%">${said}</i></span>`;
    });
    const name = rounds.length > 1 ? `<em style="${early ? "right" : "left"}:0">${round ? "second" : "first"} round</em>` : "";
    return `<div class="votes-row" data-round="${round + 1}">${name}${mark}${bars.join("")}</div>`;
  });
  const labels = ticks(options).map((i) =>
    `<span style="left:${(100 * (i + 0.5)) / length}%">${escaped(options[i] + (i === length - 1 ? unit : ""))}</span>`);
  return `${rows.join(bands(vote, length, false))}<div class="votes-axis">${labels.join("")}</div>`;
}

/**
 * @param {Asked} question
 * @param {Vote} vote
 * @param {number[][]} rounds
 * @param {number} most
 */
function list({ options }, vote, rounds, most) {
  const right = new Set(vote.right ?? []);
  const rows = options.map((option, i) => {
    const mark = right.has(i) ? "✓ " : "";
    const bars = rounds.map((counts, round) =>
      `<span class="votes-bar${mark && " votes-right"}" data-round="${round + 1}"><i style="width:${(100 * counts[i]) / most}%"></i><b>${counts[i]}</b></span>`);
    return `<span class="votes-option${mark && " votes-right"}">${mark}${escaped(option)}</span>${bars.join("")}`;
  });
  const between = rounds.length > 1 ? bands(vote, options.length, true) : "";
  const heads = between && "<em></em><em>first round</em><em>second round</em>";
  return `<div class="votes-list" style="--options:${options.length}" data-rounds="${rounds.length}">${heads}${rows.join("")}${between}</div>`;
}

/**
 * The votes as far as they are seen: a lecturer's screen is projected, and shows what followers see.
 * @param {Asked} question
 * @param {Vote} vote
 */
export function picture(question, vote) {
  if (!vote.shown || !vote.first || !sum([...vote.first, ...(vote.second ?? [])])) return "";
  const said = [verdict(vote), moved(vote)].filter(Boolean);
  return said.map((each) => `<p class="votes-says">${escaped(each)}</p>`).join("") + histogram(question, vote);
}

/**
 * What a follower votes with, as HTML.
 * @param {import("./types.js").Kind} kind
 * @param {string} name of the question
 * @param {string[]} named the options with their unit
 */
export function ballot(kind, name, named) {
  const choices = named.map((option, i) => `<label><input type="radio" name="ballot-${name}" value="${i}"> ${escaped(option)}</label>`);
  const field = kind === "choice"
    ? `<div role="radiogroup" aria-label="Your guess">${choices.join("")}</div>`
    : `<div class="ballot-number"><input type="range" aria-label="Your guess" min="0" max="${named.length - 1}" step="1"><b></b></div>`;
  return `<p class="ballot-count"></p>${field}<div class="ballot-acts"><button type="button">Send my guess</button></div>
    <p class="ballot-says" role="status"></p>`;
}

/**
 * What whoever leads has to do for a question on the page. An answer that was shown stays shown, by a phone or before
 * the lecture went away and came back: only a hand asks anew.
 * @param {{revealed: boolean, begun: boolean, again: boolean}} shown whether the page shows the answer, has begun
 *   what shows it, and whether a hand has just asked anew
 * @param {Vote | undefined} vote
 * @returns {"ask" | "close" | "reveal" | "show" | ""}
 */
export function due({ revealed, begun, again }, vote) {
  if (!revealed && (!vote || again)) return "ask";
  if (!vote) return "";
  if (revealed) return vote.revealed ? "" : "reveal";
  if (vote.revealed) return "show";
  return begun && !vote.closed ? "close" : "";
}

/**
 * What a follower reads of its own vote.
 * @param {string} said "" where it has none
 * @param {boolean} closed
 */
export function sent(said, closed) {
  if (closed) return said ? `Sent: ${said}.` : "You sent no guess.";
  return said && `Sent: ${said}. You may change it until the answer is shown.`;
}

/**
 * What a browser has to say once more: the server does not know it, by round.
 * @param {Vote} vote
 * @param {(number | null)[]} kept what it has said, by round
 * @returns {[round: number, option: number][]}
 */
export function owed({ revealed, round, said = [], restored }, kept) {
  if (revealed) return [];
  return kept.flatMap((option, i) => {
    const asked = i + 1 === round || (restored && i + 1 < round);
    return asked && option != null && said[i] == null ? [/** @type {[number, number]} */ ([i + 1, option])] : [];
  });
}
