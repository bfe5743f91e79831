// @ts-check
// What the live page needs of an experiment before its first number (`ui/server/payload.py`).

import { isSgd } from "./cost.js";
import { CAPTURED, promiseOf } from "./facts.js";
import { labFigures } from "./figures.js";
import { guessables } from "./guesses.js";
import { plural, repr } from "./phrases.js";
import { stepsOf } from "./plan.js";
import { normGrowthDelay } from "./predictions.js";
import { CLASSES, SERVES, layout } from "./record.js";
import { sha256 } from "./sha256.js";
import { titles } from "./titles.js";

/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {import("./plan.js").Wanted} Wanted */
/** @typedef {import("./figures.js").Template} Template */

/**
 * @param {Plan} plan
 * @param {Template} template
 * @returns {import("../types.js").Payload}
 */
export function payload(plan, template) {
  const { e, a, T, iota, eta, end, snapshots, neurons, directions, unused, link } = plan;
  const promise = promiseOf(plan);
  const said = titles(promise);
  const delay = normGrowthDelay(a, e.s0, link);
  /** @type {(times: Float64Array) => (number | null)[]} */
  const steps = (times) => Array.from(times, (time) => (Number.isFinite(time) ? time / eta : null));
  const run = queryOf(e, template);
  return {
    figures: labFigures(plan, said, promise.law, template), fields: layout(e), P: e.P, m: e.m,
    parameters: template.parameters.map((each) => ({
      name: each.name, symbol: each.symbol, label: each.label, value: written(e, each), asked: isAsked(e, each),
    })),
    a: Array.from(a), T: steps(T), late: steps(T.map((time, p) => time + delay[p])),
    iota: Array.from(iota, (k) => (k >= 0 ? k : null)), neurons, directions, unused,
    snapshots: Array.from(stepsOf(plan, snapshots)), whole: isSgd(e),
    said: { directions: plural(e.P, "direction"), neurons: plural(e.m, "neuron"), classes: CLASSES },
    first: snapshots[1] / eta, end: end / eta, titles: said,
    questions: guessables(plan).map(({ name, text, options, values, kind }) => ({
      page: "", name, text, options, values: values.map(repr), kind, unit: "", run,
      digest: sha256(["", run, name, text, kind, "", ...options].join("\x1f")).slice(0, 12),
    })),
    colours: template.colours.slice(0, e.P), idle: template.idle, frame: template.frame, serves: SERVES,
    captured: CAPTURED, heartbeat: template.heartbeat,
  };
}

/**
 * An experiment's address, as `Experiment.to_query` writes it.
 * @param {Wanted} e
 * @param {Template} template
 */
export const queryOf = (e, template) => template.parameters
  .filter((each) => isAsked(e, each)).map((each) => `${each.name}=${written(e, each)}`).join("&");

/**
 * @param {Wanted} e
 * @param {Template["parameters"][number]} parameter
 */
const valueOf = (e, parameter) => /** @type {any} */ (e)[parameter.name] ?? parameter.default;

/**
 * Whether an address says it.
 * @param {Wanted} e
 * @param {Template["parameters"][number]} parameter
 */
function isAsked(e, parameter) {
  const value = valueOf(e, parameter);
  return parameter.always || (Array.isArray(value) ? value.length > 0 : value !== parameter.default);
}

/**
 * @param {Wanted} e
 * @param {Template["parameters"][number]} parameter
 */
function written(e, parameter) {
  const value = valueOf(e, parameter);
  if (Array.isArray(value)) return value.map(([degree, c]) => `${degree}:${repr(c)}`).join(",");
  if (value === 0 && !isAsked(e, parameter)) return "";
  return parameter.real ? repr(value) : String(value);
}
