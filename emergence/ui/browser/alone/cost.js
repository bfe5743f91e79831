// @ts-check
// Memory, work and seconds of a run of SGD, estimated before it starts (`runs/cost.py`, `runs/speed.py`), and
// the refusal of what is too much (`runs/limits.py`). A flow of a browser's size takes a moment.

import { inReduced } from "./engine.js";
import { general, grouped } from "./phrases.js";

/** @typedef {import("./plan.js").Wanted} Wanted */

/** An experiment that cannot be run, for a reason in a sentence. */
export class Refused extends Error {}

/** So many at the sizes that a browser computes (`runs/cost.py` has fewer of large runs). */
export const SNAPSHOTS = 600;
const [MAX_FLOPS, MAX_GIGABYTES] = [5e14, 1];
const ROWS = 256;
/** Of `runs/speed.py`, which says what they are. */
const [BEGINNING, LOOKS, LOOK, LOOK_PAIR] = [0.05, 1500, 1e-4, 8e-10];
const [SNAPSHOT, SNAPSHOT_NEURON, MEASURING_FLOPS] = [1e-4, 1.5e-6, 2.2e10];
const [STEP, NORMAL, STUDENT, SGD_FLOPS, CACHED, UNCACHED, REDUCED] = [1e-7, 1e-9, 2e-9, 1.45e11, 250_000, 1.5, 1.8];

/** Whether an engine takes whole steps on samples. @param {Wanted} e */
export const isSgd = ({ engine }) => engine.startsWith("sgd");

/** Coordinates in which the students are drawn. @param {Wanted} e */
const coordinates = ({ P, m, d }) => P + Math.min(m, d - P);

/** Coordinates in which SGD keeps the students. @param {Wanted} e */
const widthOf = (e) => (inReduced(e) ? e.P + 2 * e.m : e.d);

/** Peak memory of SGD in bytes: start, state, one measurement, record. @param {Wanted} e */
export function memory(e) {
  const { P, m, B } = e;
  const width = widthOf(e);
  const samples = B > 1 ? B : 16;
  const start = 8 * m * (coordinates(e) + 4 * P);
  const measurement = 8 * (2 * m * Math.min(m, ROWS) + 3 * m * P) + 24 * m * width;
  const turning = width < e.d ? 32 * m * m : 0;
  const state = 4 * width * m + 8 * (width + m) * samples + 4 * samples * samples + 1_000_000 + turning;
  return start + state + measurement + 4 * (6 + 2 * m + 4 * P + m * P) * SNAPSHOTS;
}

/**
 * Floating-point operations of SGD up to time `end` = eta * steps.
 * @param {Wanted} e
 * @param {number} end
 */
export const flops = (e, end) => stepsTo(e, end) * e.B * widthOf(e) * (8 * e.m + 60);

/**
 * @param {Wanted} e
 * @param {number} end
 */
const stepsTo = ({ c, d, J }, end) => end / (c * d ** (-J / 2));

/**
 * Seconds of one core that SGD up to time `end` takes.
 * @param {Wanted} e
 * @param {number} end
 */
export function seconds(e, end) {
  const { m, P } = e;
  const pairs = (m ** 2 * (coordinates(e) + 20)) / MEASURING_FLOPS;
  const snapshots = SNAPSHOTS * (SNAPSHOT + SNAPSHOT_NEURON * m + pairs);
  return BEGINNING + snapshots + LOOKS * (LOOK + LOOK_PAIR * m * P) + stepsTo(e, end) * stepSeconds(e);
}

/** A batch's normals, products and non-linearities. @param {Wanted} e */
function stepSeconds(e) {
  const width = widthOf(e);
  const samples = e.B === 1 ? 1 : 8 * Math.ceil(e.B / 8);
  const neurons = 16 * Math.ceil(e.m / 16);
  const far = width * neurons > CACHED ? UNCACHED : 1;
  const sample = NORMAL * width + STUDENT * neurons + (8 * far * width * neurons) / SGD_FLOPS;
  return (inReduced(e) ? REDUCED : 1) * (STEP + samples * sample);
}

/** Throws `Refused` where SGD takes too much memory. @param {Wanted} e */
export function refuseMemory(e) {
  const needed = memory(e);
  if (needed <= MAX_GIGABYTES * 1e9) return;
  const heavy = 5 * e.m < e.B ? "B" : widthOf(e) > 16 * e.m ? "d" : "m";
  throw new Refused(
    `this run needs about ${general(needed / 1e9, 2)} GB of memory, more than the ${general(MAX_GIGABYTES, 2)} GB allowed: `
    + `lower ${heavy} (now ${grouped(e[heavy])}), or raise EMERGENCE_RUN_MEMORY where it is computed`);
}

/**
 * Throws `Refused` where SGD would take days.
 * @param {Wanted} e
 * @param {number} end
 * @param {number} shortest c up to which a larger one makes the run shorter
 */
export function refuseWork(e, end, shortest) {
  const work = flops(e, end);
  if (work <= MAX_FLOPS) return;
  const lever = e.steps ? "steps" : e.horizon > 2 ? "horizon" : "d";
  const other = (e.c * work) / MAX_FLOPS <= shortest ? `, or raise c (now ${general(e.c)})` : "";
  throw new Refused(
    `this run needs about ${general(stepsTo(e, end), 2)} steps and ${general(work, 1)} floating-point operations, more than `
    + `the ${general(MAX_FLOPS)} allowed: lower ${lever} (now ${general(e[lever])})${other}; engine = flow, for which this page needs the server, comes to the end of it`);
}
