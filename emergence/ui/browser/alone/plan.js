// @ts-check
// A run before its first step: the predictions, its length, when to look (`runs/plan.py`).

import { SNAPSHOTS, Refused, isSgd, refuseMemory, refuseWork, seconds } from "./cost.js";
import { linkOf, strengths } from "./link.js";
import { filled, geomspace, rounded, unique } from "./numeric.js";
import { general } from "./phrases.js";
import { decoupledMse, decoupledPair, greedyMatching, staircase } from "./predictions.js";
import { finitePrediction, fitSlope, hasPowerLaw, referenceTime, timeExponent, whyNoSlope } from "./scaling.js";
import { boundC, shortestC } from "./stability.js";
import { emergenceTimes, linearTime } from "./times.js";

/**
 * An experiment with online SGD or the flow, in plain numbers; eta = c d^(-J/2).
 * @typedef {object} Wanted
 * @property {number} d
 * @property {number} P
 * @property {number} beta
 * @property {number} J
 * @property {[degree: number, c: number][]} mixture empty for h_J
 * @property {number} m
 * @property {number} c
 * @property {number} B
 * @property {number} s0
 * @property {number} seed
 * @property {number} horizon
 * @property {number} steps 0 where the horizon says when it ends
 * @property {string} engine
 * @property {string} [normalisation] "paper" or "slides"
 */

/**
 * Predictions and schedule; times in units of tau = eta * steps.
 * @typedef {object} Plan
 * @property {Wanted} e
 * @property {number} eta
 * @property {import("./link.js").Link} link
 * @property {Float64Array} a strengths
 * @property {Float64Array} overlaps of the start, by rows of P
 * @property {Float64Array} T predicted time of each direction, infinite where it has no neuron
 * @property {Int32Array} iota the neuron of each direction, -1 where none
 * @property {(import("./predictions.js").Pair | null)[]} pairs decoupled trajectories of each direction
 * @property {number} T1 time of direction 1 at a typical overlap, NaN where there is none
 * @property {number} end
 * @property {Float64Array} snapshots moments to keep, the first 0
 * @property {Float64Array} checkpoints moments to look for crossings at, all snapshots but the first among them
 * @property {number[]} neurons those whose overlaps are kept, matched ones first
 * @property {number[]} directions
 * @property {number[]} unused neurons that no direction is matched to
 */

const CROSSING_RESOLUTION = 0.005;
const EARLIEST_LOOK = 0.02;
const EARLIEST_SNAPSHOT = 0.05;

/**
 * What theory says of an experiment, whatever the engine (`runs/plan.py`).
 * @typedef {object} Forecast
 * @property {import("./link.js").Link} link
 * @property {Float64Array} a
 * @property {Float64Array} overlaps
 * @property {Float64Array} T
 * @property {Int32Array} iota
 * @property {number} unit time in which the strongest direction's norm grows
 * @property {number} end the last moment, for engines that take no whole steps
 */

/**
 * For up to 32 directions and 128 neurons; `engine = auto` is settled. Throws `Refused` where nothing will
 * ever be learned, and where it would take days.
 * @param {Wanted} asked
 * @param {Float64Array} overlaps of the start, by rows of P
 * @returns {Plan}
 */
export function makePlan(asked, overlaps) {
  if (isSgd(asked)) refuseMemory(asked);
  const forecast = forecastOf(asked, overlaps);
  const e = asked.engine === "auto" ? { ...asked, engine: quicker(asked, forecast) } : asked;
  const { link, a, T, iota, unit } = forecast;
  const { P, m, s0 } = e;
  const eta = etaOf(e);
  const end = lastOf(e, forecast.end);
  if (isSgd(e)) refuseWork(e, end, shortestC({ e, link, a }));
  const met = T.filter(Number.isFinite);
  const summed = link.c[1] !== 0 && P > 1 && met.length < Math.min(m, P);
  const earliest = met.length ? Math.max(Math.min(...met), 0.01 * unit) : end;
  const kept = moments(e, earliest * EARLIEST_SNAPSHOT, end, SNAPSHOTS);
  const looks = Math.trunc(Math.log(Math.max(end / earliest, 1) / EARLIEST_LOOK) / CROSSING_RESOLUTION) + 2;
  const matched = Array.from(iota).filter((k) => k >= 0);
  const unused = Array.from({ length: m }, (_, k) => k).filter((k) => !matched.includes(k));
  return {
    e, eta, link, a, overlaps, T, iota, end, unused,
    pairs: Array.from(iota, (k, p) => (k < 0 ? null : decoupledPair(overlaps[k * P + p], a[p], s0, link))),
    T1: summed ? NaN : referenceTime(T, a),
    snapshots: Float64Array.of(0, ...kept),
    checkpoints: unique([...moments(e, earliest * EARLIEST_LOOK, end, looks), ...kept]),
    neurons: [...matched, ...unused],
    directions: Array.from(a.keys()),
  };
}

/**
 * @param {Wanted} e
 * @param {Float64Array} overlaps
 * @returns {Forecast}
 */
function forecastOf(e, overlaps) {
  const link = linkOf(e.mixture.length ? e.mixture : [[e.J, 1]]);
  const a = strengths(e);
  const times = emergenceTimes(overlaps, a, link);
  const iota = greedyMatching(times, e.P);
  const T = filled(e.P, (p) => (iota[p] >= 0 ? times[iota[p] * e.P + p] : Infinity));
  const unit = 1 / (a[0] * link.top);
  return { link, a, overlaps, T, iota, unit, end: endOf(e, link, a, T.filter(Number.isFinite), unit) };
}

/** @param {Wanted} e */
const etaOf = ({ c, d, J }) => c * d ** (-J / 2);

/**
 * The end of a run: of SGD a whole number of steps.
 * @param {Wanted} e
 * @param {number} end
 */
function lastOf(e, end) {
  const eta = etaOf(e);
  return isSgd(e) ? (e.steps || Math.max(Math.ceil(end / eta), 1)) * eta : end;
}

/**
 * @param {Wanted} e
 * @param {import("./link.js").Link} link
 * @param {Float64Array} a
 * @param {Float64Array} met times of the directions that are met
 * @param {number} unit
 */
function endOf(e, link, a, met, unit) {
  const least = e.J <= 2 || e.mixture.length ? unit : 0;
  if (e.steps) return e.steps * etaOf(e);
  if (met.length) return e.horizon * Math.max(...met, least);
  if (link.c[1]) return e.horizon * linearTime(a, e.s0, link);
  throw new Refused(
    "every neuron starts on the wrong side of every direction (J is odd), so none is ever learned: raise m, "
    + "change the seed, or give steps");
}

const PATIENCE = 20; // estimated seconds of SGD from which on the flow is taken
const FAR = 2; // horizon from which on a flow may take long as well

/**
 * What `engine = auto` takes: SGD where that is quick and stable, else the flow (`runs/auto.py`), which is
 * quicker at a browser's sizes unless it goes far beyond the last jump. Throws `Refused` where it does.
 * @param {Wanted} asked
 * @param {Forecast} forecast
 */
function quicker(asked, forecast) {
  const e = { ...asked, engine: "sgd" };
  const end = lastOf(e, forecast.end);
  const far = e.steps > 0 || e.horizon > FAR;
  if (refused(e, end) || seconds(e, end) >= PATIENCE || e.c > boundC({ e, ...forecast })) {
    if (far) throw new Refused("which engine takes less time, the server knows");
    return "flow";
  }
  return "sgd";
}

/**
 * Whether SGD is.
 * @param {Wanted} e
 * @param {number} end
 */
function refused(e, end) {
  try {
    refuseMemory(e);
    refuseWork(e, end, 0);
    return false;
  } catch (error) {
    if (error instanceof Refused) return true;
    throw error;
  }
}

/**
 * Moments up to the last, evenly spaced in their logarithm; of SGD those of whole steps, each once.
 * @param {Wanted} e
 * @param {number} first
 * @param {number} end
 * @param {number} count
 */
function moments(e, first, end, count) {
  const begin = Math.min(first, end / 2);
  if (!isSgd(e)) return geomspace(begin, end, count);
  const eta = etaOf(e);
  const last = rounded(end / eta);
  return unique(geomspace(Math.min(Math.max(begin / eta, 1), last), last, count).map(rounded)).map((step) => step * eta);
}

/**
 * Times in steps: of SGD in whole ones.
 * @param {Pick<Plan, "e" | "eta">} plan
 * @param {Float64Array} tau
 */
export const stepsOf = ({ e, eta }, tau) => tau.map((each) => (isSgd(e) ? rounded(each / eta) : each / eta));

/**
 * The losses predicted at times tau.
 * @param {Plan} plan
 * @param {Float64Array} tau
 */
export function predictedLosses({ e, link, a, T, T1, pairs }, tau) {
  return {
    staircase: staircase(tau, T, a, link),
    decoupled: decoupledMse(tau, pairs, a, link),
    finite: finitePrediction(tau, T1, a, e.beta, link.top),
  };
}

/** Why theory has no power law, in a sentence; null where it has one. @param {Plan} plan */
export function whyNoLaw({ e, link }) {
  if (link.c.length === 2 && e.P > 1) return "for σ = h₁ all directions add up to one, learned at once";
  return hasPowerLaw(e.beta) ? null : `the power law needs β above 1/2, and β is ${general(e.beta)}`;
}

/** The exponent of the loss in time, null where there is none. @param {Plan} plan */
export const theorySlope = (plan) => (whyNoLaw(plan) ? null : timeExponent(plan.e.beta));

/**
 * Why a loss has no slope, in a sentence; null where it has one.
 * @param {Plan} plan
 * @param {ArrayLike<number>} tau
 * @param {ArrayLike<number>} mse
 */
export function whyNoFit(plan, tau, mse) {
  const { e, T } = plan;
  const why = whyNoLaw(plan);
  if (why) return why;
  if (T.filter(Number.isFinite).length < Math.min(3, e.P, e.m)) {
    return "fewer than three directions ever emerge: a slope takes three jumps or more";
  }
  return whyNoSlope(tau, mse, lawOf(plan));
}

/**
 * The fitted slope of a loss; null where `whyNoFit` has a reason.
 * @param {Plan} plan
 * @param {ArrayLike<number>} tau
 * @param {ArrayLike<number>} mse
 */
export const fit = (plan, tau, mse) => (whyNoFit(plan, tau, mse) ? null : fitSlope(tau, mse, lawOf(plan)));

/** @param {Plan} plan */
const lawOf = ({ e, link, a, T1 }) => ({ T1, a, beta: e.beta, top: link.top, m: e.m });
