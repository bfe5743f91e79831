// @ts-check
// Computes, beside the page, the runs that it asks for: the newest first, others when that has nothing to do.

import { Kernels, OnlineSGD } from "./engine.js";
import { endingOf, promiseOf } from "./facts.js";
import { answers } from "./guesses.js";
import { outcomeOf } from "./outcome.js";
import { payload } from "./payload.js";
import { short } from "./phrases.js";
import { makePlan, stepsOf } from "./plan.js";
import { Simulation } from "./simulation.js";
import { calmC } from "./stability.js";
import { titles } from "./titles.js";

/** @typedef {import("../types.js").Header} Header */
/** @typedef {import("./plan.js").Wanted} Wanted */

/**
 * What the page says: first what is computed with, then what it wants to see, again and again.
 * @typedef {{kernels: Uint8Array<ArrayBuffer>, template: any, least: number}} Tools with the least c
 * @typedef {{query: string, e: Wanted, until: number}} Asked
 * @typedef {{forget: string}} Forgotten
 */

/**
 * What no server says of a run.
 * @typedef {object} More
 * @property {number} calmer the step size constant that the label of what mends it says, 0 for none
 * @property {number} left seconds of computing to the end, as fast as so far
 */

/**
 * What it hears of a run: figures, predictions and the rows from one on; or why there is none.
 * @typedef {object} Told
 * @property {string} query
 * @property {import("../types.js").Payload} [payload]
 * @property {Header & More} [header] of all rows
 * @property {Float32Array[]} [rows] from `from` on, the present moment last where the header has a tip
 * @property {number} [from]
 * @property {string} [refused] a sentence
 */

const SLICE = 40; // ms between two looks at what is wanted
const WORTH = 4; // a row of the present moment is measured when the engine has worked so many times as long
const FREELY = 20; // seconds that are computed of a run however far its viewer has got
const FORGOTTEN = 10_000; // ms without being asked for, after which an older run is given up

/** A number of one digit, not above another. @param {number} most */
function below(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return Math.floor(most / power) * power;
}

class Run {
  /**
   * @param {Kernels} kernels
   * @param {any} template
   * @param {Asked} asked
   */
  constructor(kernels, template, { query, e, until }) {
    const start = kernels.start(e);
    this.query = query;
    this.plan = makePlan(e, start);
    tell({ query, payload: payload(this.plan, template) });
    this.simulation = new Simulation(this.plan, new OnlineSGD(kernels, e, this.plan));
    this.until = until;
    this.asked = performance.now();
    this.sent = 0;
    this.due = 0; // seconds of computing at which the present moment is worth a measurement
    this.tell();
  }

  get waiting() {
    const { simulation, until } = this;
    return !simulation.finished && (simulation.engine.step < until || simulation.seconds < FREELY);
  }

  work() {
    const { simulation, until } = this;
    simulation.work(SLICE, simulation.seconds < FREELY ? Infinity : until);
    this.tell();
  }

  tell() {
    const { simulation, query, plan, sent } = this;
    const { record, finished, diverged, crossing, engine, seconds } = simulation;
    const { step } = engine;
    const began = performance.now();
    const tip = !finished && seconds >= this.due ? simulation.tip() : null;
    if (tip) this.due = seconds + (WORTH * (performance.now() - began)) / 1000;
    const steps = Array.from(stepsOf(plan, Float64Array.from(record.tau)));
    const calm = diverged ? below(calmC(plan)) : 0;
    const calmer = calm >= least ? calm : 0;
    const left = step ? seconds * (stepsOf(plan, Float64Array.of(plan.end))[0] / step - 1) : 0;
    /** @type {Header & More} */
    const header = {
      from: 0, rows: record.count, steps: tip ? [...steps, step] : steps, tip: Boolean(tip), width: record.width,
      state: finished ? (diverged ? "failed" : "finished") : "running", final: finished, message: diverged,
      diverged: diverged !== "", mends: calmer ? [`c = ${short(calmer)}`] : [], calmer, outcome: finished && !diverged ? outcomeOf(plan, record, crossing) : null, note: "", step, seconds, left,
      titles: finished ? titles(promiseOf(plan), endingOf(plan, record, crossing, diverged !== "")) : null,
      answers: answers(plan, record, crossing, { finished, diverged: diverged !== "" }),
      crossing: crossing.map((tau) => (tau === null ? null : tau / plan.eta)),
    };
    const rows = record.rows.slice(sent);
    this.sent = record.count;
    tell({ query, header, from: sent, rows: tip ? [...rows, tip] : rows });
  }
}

/** @param {Told} told */
const tell = (told) => postMessage(told);

/** @type {Map<string, Run>} in the order in which they began */
const runs = new Map();
/** @type {Promise<Kernels> | null} */
let kernels = null;
/** @type {any} */
let template = null;
let least = 0;
const { port1, port2 } = new MessageChannel();
let working = false;

/** @param {Asked} asked */
async function begin(asked) {
  const { query } = asked;
  const loaded = await kernels;
  if (!loaded) return;
  try {
    const known = runs.get(query);
    if (known) Object.assign(known, { until: asked.until, asked: performance.now() });
    else runs.set(query, new Run(loaded, template, asked));
  } catch (error) {
    tell({ query, refused: error instanceof Error ? error.message : String(error) });
  }
  if (working) return;
  working = true;
  port2.postMessage(null);
}

port1.onmessage = () => {
  const newestFirst = [...runs.values()].reverse();
  for (const run of newestFirst.slice(1)) {
    if (performance.now() - run.asked > FORGOTTEN) runs.delete(run.query);
  }
  const next = newestFirst.find((run) => run.waiting);
  working = next !== undefined;
  if (!next) return;
  next.work();
  port2.postMessage(null);
};

/** @param {MessageEvent<Tools | Asked | Forgotten>} event */
onmessage = ({ data }) => {
  if ("kernels" in data) {
    kernels = Kernels.load(data.kernels);
    ({ template, least } = data);
  } else if ("forget" in data) runs.delete(data.forget);
  else begin(data);
};
