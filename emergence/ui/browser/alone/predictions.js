// @ts-check
// What the theory predicts of a run before it starts (`theory/predictions.py`).

import { K, seesSign, slopeOf } from "./link.js";
import {
  expit, exprel, filled, geomspace, interpolate, linspace, logit, place, running, sum,
} from "./numeric.js";
import { gradedOverlaps, restingOverlaps } from "./times.js";

/** @typedef {import("./link.js").Link} Link */

const GRID = 1600;
const LATEST = 30; // log odds
const LARGEST = 1e300;
const NEAREST = 1e-12;

/**
 * The neuron of each direction, -1 where none is left: always the earliest of the pairs not yet used.
 * @param {Float64Array} times by rows of P
 * @param {number} P
 */
export function greedyMatching(times, P) {
  const iota = new Int32Array(P).fill(-1);
  const used = new Set();
  for (;;) {
    let [best, neuron, direction] = [Infinity, -1, -1];
    for (let p = 0; p < P; p += 1) {
      if (iota[p] >= 0) continue;
      for (let k = 0; k * P < times.length; k += 1) {
        if (times[k * P + p] < best && !used.has(k)) [best, neuron, direction] = [times[k * P + p], k, p];
      }
    }
    if (neuron < 0) return iota;
    iota[direction] = neuron;
    used.add(neuron);
  }
}

/**
 * Time log(a_p / s0^2) / (4 a_p K(1)) in which the norm follows.
 * @param {Float64Array} a
 * @param {number} s0
 * @param {Link} link
 */
export const normGrowthDelay = (a, s0, { top }) => a.map((each) => Math.max(Math.log(each / s0 ** 2), 0) / (4 * each * top));

/**
 * sum_p a_p^2 K(1) 1{tau < T_p} at times tau.
 * @param {Float64Array} tau
 * @param {Float64Array} T
 * @param {Float64Array} a
 * @param {Link} link
 */
export function staircase(tau, T, a, { top }) {
  const order = Array.from(T.keys()).sort((one, other) => (T[one] < T[other] ? -1 : Number(T[one] > T[other])));
  const left = running(order.map((p) => a[p] ** 2 * top).reverse()).reverse();
  const sorted = order.map((p) => T[p]);
  return tau.map((each) => left[place(sorted, each, true)]);
}

/**
 * A pair's trajectory on a grid: theta = a tau, w = artanh of the overlap, log(|v|^2 / a).
 * @typedef {{theta: Float64Array, w: Float64Array, logRho: Float64Array}} Pair
 */

/**
 * A pair's way, whatever the strength of its direction: on the grid X, the integral of 4 K over theta, and that
 * of 4 K(1) e^X; past it how 1 / n2 is left and what comes to it.
 * @typedef {{theta: Float64Array, w: Float64Array, X: Float64Array, gained: Float64Array, late: Float64Array, bent: Float64Array}} Way
 */

/** Ways of the last link, by the overlap they begin with: most moves of a control leave a start as it is. */
const ways = { link: "", kept: /** @type {Map<number, Way>} */ (new Map()) };
const MOST_WAYS = 64;

/**
 * do/dtau = a K'(o) (1 - o^2), dn2/dtau = 4 n2 (a K(o) - n2 K(1)), by quadrature.
 * @param {number} overlap at the start
 * @param {number} a
 * @param {number} s0
 * @param {Link} link
 * @returns {Pair}
 */
export function decoupledPair(overlap, a, s0, link) {
  const named = link.c.join();
  if (ways.link !== named || ways.kept.size > MOST_WAYS) Object.assign(ways, { link: named, kept: new Map() });
  const way = ways.kept.get(overlap) ?? wayOf(overlap, link);
  ways.kept.set(overlap, way);
  const { theta, w, X, gained, late, bent } = way;
  const logRho = new Float64Array(theta.length);
  let inverse = NaN;
  for (let i = 0; i < GRID; i += 1) {
    inverse = Math.min((a / s0 ** 2 + gained[i]) * Math.exp(-X[i]), LARGEST);
    logRho[i] = -Math.log(inverse);
  }
  for (let i = 0; i < late.length; i += 1) logRho[GRID + i] = -Math.log(Math.min(inverse * late[i] + bent[i], LARGEST));
  return { theta, w, logRho };
}

/**
 * @param {number} overlap
 * @param {Link} link
 * @returns {Way}
 */
function wayOf(overlap, link) {
  const way = wayFrom(overlap, link);
  const { top } = link;
  const [theta, w] = [new Float64Array(GRID + GRID / 2), new Float64Array(GRID + GRID / 2)];
  const [X, gained] = [new Float64Array(GRID), new Float64Array(GRID)];
  w.set(way);
  for (let i = 0; i + 1 < GRID; i += 1) {
    const [step, middle] = [way[i + 1] - way[i], (way[i + 1] + way[i]) / 2];
    const aside = step / Math.sqrt(12);
    const time = (step / 2) * (1 / slopeOf(link, Math.tanh(middle - aside)) + 1 / slopeOf(link, Math.tanh(middle + aside)));
    const x = 4 * K(link, Math.tanh(middle)) * time;
    theta[i + 1] = theta[i] + time;
    X[i + 1] = X[i] + x;
    gained[i + 1] = gained[i] + 4 * top * time * Math.exp(X[i]) * exprel(x);
  }
  // Past the grid the overlap stands still and the norm relaxes on.
  const there = Math.tanh(way[GRID - 1]);
  const [pull, drift] = [4 * K(link, there), slopeOf(link, there)];
  const tail = geomspace(1e-2, 1e9, GRID / 2);
  tail.forEach((time, i) => {
    theta[GRID + i] = theta[GRID - 1] + time;
    w[GRID + i] = way[GRID - 1] + drift * time;
  });
  return {
    theta, w, X, gained, late: tail.map((time) => Math.exp(-pull * time)),
    bent: tail.map((time) => 4 * top * time * exprel(-pull * time)),
  };
}

/**
 * Values of artanh(overlap) that a pair passes on its way.
 * @param {number} overlap
 * @param {Link} link
 */
function wayFrom(overlap, link) {
  const o = Math.min(Math.max(seesSign(link) ? overlap : Math.abs(overlap), -1 + NEAREST), 1 - NEAREST);
  if (o >= 0) {
    const start = logit(Math.max(o, NEAREST) ** 2);
    const span = Math.max(LATEST, start + 1) - start;
    return linspace(0, 1, GRID).map((share) => {
      const y = start + span * share ** 2;
      return Math.log1p(Math.sqrt(expit(y))) - Math.log(expit(-y)) / 2;
    });
  }
  // From the wrong side of a link that sees the sign: on to the next overlap at which K' = 0.
  const w = Math.atanh(o);
  const side = Math.sign(slopeOf(link, o));
  const ahead = restingOverlaps(link).filter((root) => Math.abs(root) < 1 && side * (root - o) > 0);
  if (ahead.length) {
    const rest = Math.atanh(side * Math.min(...ahead.map((root) => side * root)));
    return linspace(0, 1, GRID).map((share) => rest + (w - rest) * Math.exp(-LATEST * share ** 2));
  }
  const last = side * Math.max(Math.abs(w) + 1, LATEST / 2);
  const turn = side * Math.max(side * (w + side * 1e-3), Math.atanh(0.9));
  const onWay = [w, ...gradedOverlaps(o, Math.tanh(turn), link).map(Math.atanh)];
  const numbers = onWay.map((_, i) => i);
  const dense = linspace(0, onWay.length - 1, GRID / 2).map((i) => interpolate(i, numbers, onWay));
  return Float64Array.of(...dense, ...linspace(turn, last, GRID / 2 + 1).subarray(1));
}

/**
 * Loss of the pairs alone at times tau; a direction without a neuron costs a^2 K(1) for ever.
 * @param {Float64Array} tau
 * @param {(Pair | null)[]} pairs of each direction
 * @param {Float64Array} a
 * @param {Link} link
 */
export function decoupledMse(tau, pairs, a, link) {
  const { top } = link;
  return tau.map((each) => sum(pairs.map((pair, p) => {
    if (!pair) return top * a[p] ** 2;
    const theta = a[p] * each;
    const o = Math.tanh(interpolate(theta, pair.theta, pair.w));
    const rho = Math.exp(interpolate(theta, pair.theta, pair.logRho));
    return a[p] ** 2 * (top - 2 * rho * K(link, o) + rho ** 2 * top);
  })));
}
