// @ts-check
// A run that is asked for, and so computed, before it is shown.

import { Feed } from "./feed.js";
import { sourceOf } from "./server.js";
import { Store } from "./store.js";

/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./types.js").Given} Given */

/** A run on its way: its figures and all of its numbers. */
export class Ahead {
  /**
   * @param {HTMLElement} host
   * @param {Given} given where runs come from
   * @param {string} query of the experiment
   * @param {() => void} done all of it is here
   */
  constructor(host, given, query, done) {
    this.host = host;
    this.done = done;
    /** @type {Feed | null} */
    this.feed = null;
    this.stopped = false;
    this.arrival = this.fetch({ ...given, query });
    this.arrival.catch(() => {}); // whoever shows it says so
  }

  /**
   * @param {Given} given
   * @returns {Promise<{data: Experiment, store: Store}>}
   */
  async fetch(given) {
    const source = sourceOf(given);
    const data = await source.figures(given.query);
    const store = new Store(data);
    if (!this.stopped) {
      this.feed = new Feed(source, {
        host: this.host,
        data,
        store,
        playback: { get wish() { return data.end; }, get idle() { return store.final; } },
        say: () => {},
        onNews: () => { if (store.final) this.done(); },
      });
      this.feed.start();
    }
    return { data, store };
  }

  /** What has come is somebody else's now. */
  stop() {
    this.stopped = true;
    this.feed?.stop();
  }
}
