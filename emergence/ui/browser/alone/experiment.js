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

/** What a text of the address says of a mixture. @param {string} text @returns {[number, number][]} */
const pairs = (text) => text.split(",").filter((each) => each.trim()).map((each) => {
  const [degree, c] = each.split(":").map(Number);
  return [degree, c];
});

/**
 * The value nearest to a text that a parameter may have, and whether it is that text's.
 * @param {Control} control
 * @param {string} text
 * @returns {[value: number, same: boolean]}
 */
export function nearest({ default: usual, low, high, whole, stops, only }, text) {
  const given = text.trim() === "" ? NaN : Number(text);
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
  for (const control of controls) {
    const { name, allowed } = control;
    const text = given.get(name);
    const [value, same] = text === null ? [control.default, true] : nearest(control, text);
    values[name] = value;
    if (!same) notices.push(`${name} = ${(text ?? "").slice(0, 40)} is not ${allowed}: ${name} = ${value} is taken.`);
  }
  const mixture = given.has("mixture") ? pairs(given.get("mixture") ?? "") : [];
  if (values.P > values.d) {
    notices.push(`P = ${values.P} directions do not fit into d = ${values.d} dimensions: P = ${values.d} is taken.`);
    values.P = values.d;
  }
  const degrees = controls.find(({ name }) => name === "J")?.stops ?? [];
  const fine = mixture.length > 0 && degrees.includes(Math.min(...mixture.map(([degree]) => degree)))
    && mixture.every(([degree, c]) => Number.isInteger(degree) && degree >= 1 && degree <= 8 && Number.isFinite(c) && c !== 0);
  if (mixture.length && !fine) notices.push(`mixture = ${given.get("mixture")?.slice(0, 40)} is no mixture: σ = h_J is taken.`);
  const known = new Set([...controls.map(({ name }) => String(name)), "mixture", "engine"]);
  for (const name of given.keys()) if (!known.has(name)) notices.push(`There is no parameter ${name.slice(0, 40)} here.`);
  if (!["sgd", "auto", "sgd-full", null].includes(given.get("engine"))) {
    notices.push(`This page computes online SGD: engine = ${given.get("engine")?.slice(0, 40)} needs the server.`);
  }
  const J = fine ? Math.min(...mixture.map(([degree]) => degree)) : values.J;
  const e = /** @type {Wanted} */ (/** @type {unknown} */ ({
    ...values, J, mixture: fine ? mixture.sort(([a], [b]) => a - b) : [], engine: "sgd",
  }));
  return { e, notices };
}
