// @ts-check
// A run before its first step: the predictions, its length, when to look (`runs/plan.py`).

import { inReduced } from "./engine.js";
import { linkOf, strengths } from "./link.js";
import { filled, geomspace, rounded, unique } from "./numeric.js";
import { general } from "./phrases.js";
import { decoupledMse, decoupledPair, greedyMatching, staircase } from "./predictions.js";
import { finitePrediction, fitSlope, hasPowerLaw, referenceTime, timeExponent, whyNoSlope } from "./scaling.js";
import { emergenceTimes, linearTime } from "./times.js";

/**
 * An experiment with online SGD, in plain numbers; eta = c d^(-J/2).
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
/** So many at the sizes that a browser computes (`runs/cost.py` has fewer of large runs). */
const SNAPSHOTS = 600;
const MAX_FLOPS = 5e14;

/** An experiment that cannot be run, for a reason in a sentence. */
export class Refused extends Error {}

/**
 * For up to 32 directions and 128 neurons. Raises `Refused` where nothing will ever be learned, and where it
 * would take days.
 * @param {Wanted} e
 * @param {Float64Array} overlaps of the start, by rows of P
 * @returns {Plan}
 */
export function makePlan(e, overlaps) {
  const { d, P, m, J, s0 } = e;
  const link = linkOf(e.mixture.length ? e.mixture : [[J, 1]]);
  const a = strengths(e);
  const eta = e.c * d ** (-J / 2);
  const times = emergenceTimes(overlaps, a, link);
  const iota = greedyMatching(times, P);
  const T = filled(P, (p) => (iota[p] >= 0 ? times[iota[p] * P + p] : Infinity));
  const met = T.filter(Number.isFinite);
  const summed = link.c[1] !== 0 && P > 1 && met.length < Math.min(m, P);
  const unit = 1 / (a[0] * link.top);
  const last = e.steps || Math.max(Math.ceil(endOf(e, link, a, met, unit) / eta), 1);
  const end = last * eta;
  refuseWork(e, end / eta);
  const earliest = met.length ? Math.max(Math.min(...met), 0.01 * unit) : end;
  const kept = moments(earliest * EARLIEST_SNAPSHOT, end, eta, SNAPSHOTS);
  const looks = Math.trunc(Math.log(Math.max(end / earliest, 1) / EARLIEST_LOOK) / CROSSING_RESOLUTION) + 2;
  const looked = unique([...moments(earliest * EARLIEST_LOOK, end, eta, looks), ...kept]);
  const matched = Array.from(iota).filter((k) => k >= 0);
  const unused = Array.from({ length: m }, (_, k) => k).filter((k) => !matched.includes(k));
  return {
    e, eta, link, a, overlaps, T, iota, end, unused,
    pairs: Array.from(iota, (k, p) => (k < 0 ? null : decoupledPair(overlaps[k * P + p], a[p], s0, link))),
    T1: summed ? NaN : referenceTime(T, a),
    snapshots: Float64Array.of(0, ...kept.map((step) => step * eta)),
    checkpoints: looked.map((step) => step * eta),
    neurons: [...matched, ...unused],
    directions: Array.from(a.keys()),
  };
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
  if (met.length) return e.horizon * Math.max(...met, least);
  if (link.c[1]) return e.horizon * linearTime(a, e.s0, link);
  throw new Refused(
    "every neuron starts on the wrong side of every direction (J is odd), so none is ever learned: raise m, "
    + "change the seed, or give steps");
}

/**
 * @param {Wanted} e
 * @param {number} count of steps
 */
function refuseWork(e, count) {
  const { d, P, m, c, B, steps, horizon } = e;
  const width = inReduced(e) ? P + 2 * m : d;
  const flops = count * B * width * (8 * m + 60);
  if (flops <= MAX_FLOPS) return;
  const lever = steps ? "steps" : horizon > 2 ? "horizon" : "d";
  throw new Refused(
    `this run needs about ${general(count, 2)} steps and ${general(flops, 1)} floating-point operations, more than `
    + `the ${general(MAX_FLOPS)} allowed: lower ${lever} (now ${general(e[lever])}), or raise c (now ${general(c)}); engine = flow, for which this page needs the server, comes to the end of it`);
}

/**
 * Whole steps up to the last, evenly spaced in their logarithm, each once.
 * @param {number} first
 * @param {number} end
 * @param {number} eta
 * @param {number} count
 */
function moments(first, end, eta, count) {
  const last = rounded(end / eta);
  const from = Math.min(Math.max(Math.min(first, end / 2) / eta, 1), last);
  return unique(geomspace(from, last, count).map(rounded));
}

/**
 * Times in whole steps.
 * @param {Plan} plan
 * @param {Float64Array} tau
 */
export const stepsOf = ({ eta }, tau) => tau.map((each) => rounded(each / eta));

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
