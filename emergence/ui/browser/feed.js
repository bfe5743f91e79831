// @ts-check
// The numbers of a run as they are computed, wherever that is: asked for as far as its viewer wishes.

/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./playback.js").Playback} Playback */

const POLL = 60; // ms between two requests while there is something to come
const LOOK = 15; // ms between two looks at what is wanted; and between requests for the first numbers
const RETRY = 1000; // ms before the next request when one has failed

/** A name of this viewer that the server takes. */
export function viewerName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(36)).join("");
}

/** @param {unknown} error */
export const reason = (error) => (error instanceof Error ? error.message : String(error));

/** There is no place for an experiment: it may be computed elsewhere. */
export class Full extends Error {
  /**
   * @param {string} message
   * @param {string} alone where, below the server's address; "" for nowhere
   */
  constructor(message, alone) {
    super(message);
    this.alone = alone;
  }
}

/** @param {unknown} error */
export const elsewhere = (error) => (error instanceof Full ? error.alone : "");

/**
 * What a viewer watches now, and what to do when something has come.
 * @typedef {object} Watched
 * @property {{readonly isConnected: boolean}} host
 * @property {Experiment} data
 * @property {Store} store
 * @property {Pick<Playback, "wish" | "idle">} playback
 * @property {(text: string, alone?: string) => void} say a sentence, and where else the run is computed
 * @property {() => void} onNews
 */

/** The numbers of the experiment that is watched, as long as its viewer is on the page. */
export class Feed {
  /**
   * @param {import("./types.js").Source} source where the numbers come from
   * @param {Watched} watched
   */
  constructor(source, watched) {
    this.source = source;
    this.watched = watched;
    this.viewer = viewerName();
    this.pulling = false;
    this.rested = 0; // when the next request may be
    /** What was asked for early. @type {import("./early.js").Early | null} */
    this.early = null;
  }

  /** Go on with what was asked for early. @param {import("./early.js").Early} early */
  take(early) {
    this.viewer = early.viewer;
    this.early = early;
  }

  /** Ask for nothing in the next so many milliseconds. @param {number} ms */
  rest(ms) {
    this.rested = performance.now() + ms;
  }

  /** Begin; more than once is as good as once. */
  start() {
    if (this.pulling) return;
    this.pulling = true;
    this.pull();
  }

  stop() {
    this.pulling = false;
  }

  async pull() {
    const { watched } = this;
    let wait = 0;
    while (this.pulling && watched.host.isConnected) {
      const started = performance.now();
      if (!document.hidden && started >= this.rested) {
        try {
          await this.ask();
          wait = watched.playback.idle ? watched.data.heartbeat : 0;
        } catch (error) {
          watched.say(`${reason(error)} Trying again.`, elsewhere(error));
          wait = RETRY;
        }
      }
      const { data, store, playback: { wish } } = watched;
      const least = store.count ? POLL : LOOK;
      // Sleep, but wake as soon as something else is wanted.
      for (let due = false; !due;) {
        await new Promise((resolve) => { setTimeout(resolve, LOOK); });
        const passed = performance.now() - started;
        due = watched.data !== data || passed >= Math.max(wait, least)
          || (passed >= least && watched.playback.wish !== wish);
      }
    }
  }

  async ask() {
    const { data, store, playback } = this.watched;
    /** @type {import("./types.js").Question} */
    const question = {
      viewer: this.viewer, query: data.query, from: String(store.rows.length), until: String(playback.wish),
    };
    const { early } = this;
    this.early = null;
    const first = early?.query === data.query && !store.count && await early.rows;
    const buffer = first || await this.source.rows(question);
    if (store !== this.watched.store) return;
    const before = store.reached;
    store.take(buffer);
    if (store.reached !== before || store.final) this.watched.onNews();
    // Nothing computed yet: the kernels may be compiling for the first time.
    this.watched.say(store.header.message || (store.count ? "" : store.header.note));
  }
}
