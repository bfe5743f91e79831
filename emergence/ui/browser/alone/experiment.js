// @ts-check
// An experiment that this browser can compute, read from an address: what is wrong there is said, and
// the nearest that is allowed is taken. Ranges, words and defaults are Python's table (`parameters.py`).

/** @typedef {import("./plan.js").Wanted} Wanted */

/**
 * A parameter as Python's table has it; where the browser can compute less, with the smaller range.
 * @typedef {object} Control
 * @property {keyof Wanted} name
 * @property {string} symbol
 * @property {string} label
 * @property {string} help
 * @property {string} allowed in words
 * @property {number} default
 * @property {number} low
 * @property {number} high
 * @property {boolean} whole
 * @property {number[]} stops of its slider; of some all that is allowed
 * @property {boolean} only whether it may be nothing but a stop
 * @property {boolean} shown whether it has a slider
 */

const ENGINES = ["sgd", "sgd-full", "sgd-reduced"]; // two ways of one method, or the faster of them

/** A number as Python reads one, else NaN. @param {string} text */
const number = (text) => (/^\s*[+-]?(\d+\.?\d*|\.\d+|infinity)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : NaN);

/**
 * What a text of the address says of a mixture, by increasing degree; null for what is none.
 * @param {string} text
 * @param {Control} control
 * @returns {[degree: number, c: number][] | null}
 */
function mixtureOf(text, { low, high, stops }) {
  const pairs = text.split(",").filter((each) => each.trim()).map((each) => each.split(":"));
  if (!pairs.every((pair) => pair.length === 2 && /^\s*\+?\d+\s*$/.test(pair[0]))) return null;
  const terms = pairs.map((pair) => /** @type {[number, number]} */ (pair.map(number)));
  const degrees = terms.map(([degree]) => degree);
  const fine = new Set(degrees).size === degrees.length
    && terms.every(([degree, c]) => degree >= 1 && degree <= Math.max(...stops) && (c === 0 || (Math.abs(c) >= low && Math.abs(c) <= high)));
  const left = terms.filter(([, c]) => c).sort(([one], [other]) => one - other);
  return fine && (!terms.length || (left.length > 0 && stops.includes(left[0][0]))) ? left : null;
}

/**
 * Whether the sizes of an experiment are those that its engine takes.
 * @param {Pick<Wanted, "d" | "P" | "m" | "B" | "engine">} e
 */
export const suits = ({ d, P, m, B, engine }) => engine !== "sgd-reduced" || (B === 1 && d >= P + 2 * m + 2);

/**
 * The value nearest to a text that a parameter may have, and whether it is that text's.
 * @param {Control} control
 * @param {string} text
 * @returns {[value: number, same: boolean]}
 */
export function nearest({ default: usual, low, high, whole, stops, only }, text) {
  const given = number(text);
  if (Number.isNaN(given)) return [usual, false];
  let value = Math.min(Math.max(given, low), high);
  if (whole) value = Math.round(value);
  if (only) value = stops.reduce((best, stop) => (Math.abs(stop - given) < Math.abs(best - given) ? stop : best));
  return [value, value === given];
}

/**
 * The experiment of a query, and a sentence for each thing in it that is not so.
 * @param {string} query
 * @param {Control[]} controls
 * @returns {{e: Wanted, notices: string[]}}
 */
export function read(query, controls) {
  const given = new URLSearchParams(query);
  /** @type {string[]} */
  const notices = [];
  /** @type {Record<string, number>} */
  const values = {};
  const text = (/** @type {string} */ name) => (given.get(name) ?? "").slice(0, 40);
  const mixed = controls.find(({ name }) => name === "mixture");
  for (const control of controls.filter((each) => each !== mixed)) {
    const { name, allowed } = control;
    const [value, same] = given.has(name) ? nearest(control, given.get(name) ?? "") : [control.default, true];
    values[name] = value;
    if (!same) notices.push(`${name} = ${text(name)} is not ${allowed}: ${name} = ${value} is taken.`);
  }
  if (values.P > values.d) {
    notices.push(`P = ${values.P} directions do not fit into d = ${values.d} dimensions: P = ${values.d} is taken.`);
    values.P = values.d;
  }
  const mixture = mixed && mixtureOf(given.get("mixture") ?? "", mixed);
  if (mixed && !mixture) notices.push(`mixture = ${text("mixture")} is not ${mixed.allowed}: σ = h_J is taken.`);
  const terms = mixture ?? [];
  const J = terms.length ? terms[0][0] : values.J;
  if (given.has("J") && J !== values.J) notices.push(`J = ${values.J}, but the mixture's smallest degree is ${J}: J = ${J} is taken.`);
  const known = new Set([...controls.map(({ name }) => String(name)), "engine", "normalisation"]);
  for (const name of new Set(given.keys())) {
    if (!known.has(name)) notices.push(`There is no parameter ${name.slice(0, 40)} here.`);
    else if (given.getAll(name).length > 1) notices.push(`${name} is given more than once: the first is taken.`);
  }
  const asked = given.get("engine") ?? "auto";
  const e = /** @type {Wanted} */ (/** @type {unknown} */ ({
    ...values, J, mixture: terms.length === 1 && terms[0][1] === 1 ? [] : terms, engine: ENGINES.includes(asked) ? asked : "sgd",
  }));
  if (!ENGINES.includes(asked) && asked !== "auto") {
    notices.push(`This page computes online SGD: engine = ${text("engine")} needs the server.`);
  }
  if (!["", "paper"].includes(given.get("normalisation") ?? "")) {
    notices.push(`This page computes with the paper's strengths: normalisation = ${text("normalisation")} needs the server.`);
  }
  if (!suits(e)) {
    notices.push(`engine = ${e.engine} takes single samples in d of at least P + 2m + 2 dimensions: engine = sgd is taken.`);
    e.engine = "sgd";
  }
  return { e, notices };
}
