// @ts-check
// An experiment before its first step, made by this browser: its pictures and predictions, and the row of
// its start. The same as the server's (`ui/server/payload.py`), in a few milliseconds.

import { filled } from "./numeric.js";
import { K } from "./link.js";
import { payload, queryOf } from "./payload.js";
import { makePlan } from "./plan.js";
import { Record } from "./record.js";

/** @typedef {import("./engine.js").Kernels} Kernels */
/** @typedef {import("./figures.js").Template} Template */
/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {import("./plan.js").Wanted} Wanted */
/** @typedef {{[name: string]: number | string}} Values what controls say, by name */

const [MOST_DIRECTIONS, MOST_NEURONS] = [32, 128];
const ENGINES = ["auto", "sgd", "sgd-full", "flow"];
const NUMBERS = ["d", "P", "beta", "J", "m", "c", "B", "s0", "seed", "horizon", "steps"];

/**
 * The experiment of what controls say; null where this browser does not make it: it is large, of another
 * engine, or has what is only known to the server.
 * @param {Values} values
 * @param {Template} template
 * @returns {Wanted | null}
 */
export function wanted(values, { parameters }) {
  const { engine, normalisation, P, d, m } = values;
  const known = [...NUMBERS, "engine", "normalisation"];
  const usual = parameters.every(({ name, default: usually }) => known.includes(name) || String(values[name]) === String(usually));
  const small = Number(P) <= Math.min(MOST_DIRECTIONS, Number(d)) && Number(m) <= MOST_NEURONS;
  if (!usual || !small || !ENGINES.includes(String(engine))) return null;
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, Number(values[name])]));
  return /** @type {Wanted} */ (/** @type {unknown} */ ({ ...numbers, engine, normalisation, mixture: [] }));
}

/**
 * An experiment before its first step: data, and the row of its start. Throws `Refused`.
 * @param {Wanted} e
 * @param {Kernels} kernels
 * @param {Template} template
 * @returns {{data: import("../types.js").Experiment, start: Float64Array}}
 */
export function made(e, kernels, template) {
  const { directions, width } = kernels.directions(e);
  const overlaps = filled(e.m * e.P, (i) => directions[Math.floor(i / e.P) * width + (i % e.P)]);
  const plan = makePlan(e, overlaps);
  // Its own copy: pictures fill in what they are given.
  const data = { ...structuredClone(payload(plan, template)), query: queryOf(plan.e, template) };
  const n2 = filled(e.m, () => e.s0 ** 2);
  const row = new Record(plan).row(0, { overlaps, n2, mse: startLoss(plan, directions, width) });
  return { data, start: Float64Array.from(row) };
}

/**
 * E (f - f*)^2 of the start (`theory/risk.py`), where all neurons have the norm s0.
 * @param {Plan} plan
 * @param {Float64Array} directions of the neurons by rows of `width`, the teachers' coordinates first
 * @param {number} width
 */
export function startLoss({ e: { m, P, s0 }, a, link, overlaps }, directions, width) {
  let [across, between] = [0, m * link.top];
  overlaps.forEach((o, i) => { across += a[i % P] * K(link, o); });
  for (let k = 0; k < m; k += 1) {
    const last = Math.min(P + k + 1, width); // beyond, neuron k has nothing
    for (let l = k + 1; l < m; l += 1) {
      let product = 0;
      for (let i = 0; i < last; i += 1) product += directions[k * width + i] * directions[l * width + i];
      between += 2 * K(link, product);
    }
  }
  const teacher = link.top * a.reduce((total, each) => total + each * each, 0);
  return teacher - 2 * s0 ** 2 * across + s0 ** 4 * between;
}
