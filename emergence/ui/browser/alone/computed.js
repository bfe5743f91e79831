// @ts-check
// Runs that this browser computes, in a worker of its own.

import { since } from "./wire.js";

/** @typedef {import("../types.js").Header} Header */
/** @typedef {import("../types.js").Payload} Payload */
/** @typedef {import("../types.js").Source} Source */
/** @typedef {import("./plan.js").Wanted} Wanted */
/** @typedef {import("./worker.js").Told} Told */

const KEPT = 8; // runs that are remembered

/** What is known of a run so far. */
class Known {
  /** @param {Wanted} e */
  constructor(e) {
    this.e = e;
    /** @type {Header | null} */
    this.header = null;
    /** @type {Float32Array[]} */
    this.rows = [];
    /** @type {Promise<Payload>} */
    this.payload = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.payload.catch(() => {}); // whoever asks is told
  }

  /** @param {Told} told */
  take({ payload, header, rows = [], from = 0, refused }) {
    if (payload) this.resolve?.(payload);
    if (refused !== undefined) this.reject?.(new Error(refused));
    if (!header) return;
    this.header = header;
    this.rows.length = from;
    this.rows.push(...rows);
  }
}

/**
 * @param {Worker} worker that has been told what it computes with
 * @param {(query: string) => Wanted} experiment of a query
 * @param {Source["plotly"]} plotly
 * @param {(header: NonNullable<Told["header"]>, query: string) => void} news of a run
 * @returns {Source}
 */
export function computed(worker, experiment, plotly, news) {
  /** @type {Map<string, Known>} */
  const runs = new Map();
  /** @type {(query: string) => Known} */
  const known = (query) => {
    const found = runs.get(query) ?? new Known(experiment(query));
    runs.delete(query);
    runs.set(query, found); // the last that was asked for is the last
    for (const old of runs.keys()) {
      if (runs.size <= KEPT) break;
      runs.delete(old);
      worker.postMessage({ forget: old });
    }
    return found;
  };
  /** @type {(query: string, until: number) => Known} */
  const ask = (query, until) => {
    const found = known(query);
    if (!found.header?.final) worker.postMessage({ query, e: found.e, until });
    return found;
  };
  worker.onmessage = ({ data }) => {
    const told = /** @type {Told} */ (data);
    runs.get(told.query)?.take(told);
    if (told.header) news(told.header, told.query);
  };
  return {
    plotly,
    async figures(query) {
      // Its own copy: pictures fill in what they are given.
      return { ...structuredClone(await ask(query, 0).payload), query };
    },
    async rows({ query, from, until }) {
      const found = ask(query, Number(until));
      await found.payload;
      while (!found.header) await new Promise((resolve) => { setTimeout(resolve, 5); });
      return since(found.header, found.rows, Number(from));
    },
  };
}
