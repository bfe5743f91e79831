// @ts-check
// Comparing two runs: the one on the screen is pinned, the next one is drawn over its ghost.

import { part } from "./dom.js";
import { Feed } from "./feed.js";
import { Ghost } from "./ghost.js";
import { Store } from "./store.js";

/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./types.js").Parameter} Parameter */

/**
 * The parameters in which two experiments differ, "J 2 → 4" say.
 * @param {Parameter[]} before
 * @param {Parameter[]} after
 */
export function differences(before, after) {
  const now = new Map(after.map(({ name, value }) => [name, value]));
  return before.filter(({ name, value }) => now.get(name) !== value)
    .map(({ name, symbol, value }) => `${symbol} ${value || "none"} → ${now.get(name) || "none"}`);
}

export class Comparison {
  /**
   * @param {HTMLElement} host
   * @param {import("./types.js").Source} source where figures and numbers come from
   * @param {() => void} news more of the ghost can be drawn
   * @param {() => void} changed there is a ghost, or none any more
   */
  constructor(host, source, news, changed) {
    this.host = host;
    this.source = source;
    /** The run that a lecture has pinned, as it was sent. @type {string | null} */
    this.attended = null;
    this.news = news;
    this.changed = changed;
    /** @type {Ghost | null} */
    this.pinned = null;
    this.button = part(host, "[data-act=pin]", HTMLButtonElement);
  }

  /**
   * The ghost under a run: none under itself.
   * @param {Experiment} data
   */
  under(data) {
    return this.pinned && this.pinned.data.query !== data.query ? this.pinned : null;
  }

  /**
   * Pin a run, or let go of the one that is pinned.
   * @param {Experiment} data
   * @param {Store} store
   */
  toggle(data, store) {
    this.put(this.pinned ? null : new Ghost(data, store), data);
  }

  /**
   * @param {Ghost | null} ghost
   * @param {Experiment} data the run on the screen
   */
  put(ghost, data) {
    this.attended = ghost?.data.query ?? null;
    this.pinned = ghost;
    if (ghost) this.finish(ghost);
    this.say(data);
    this.changed();
  }

  /**
   * Pin the run that a lecture has pinned, or let go of one.
   * @param {string | null} query
   * @param {() => {data: Experiment, store: Store}} shown what is on the screen
   */
  async attend(query, shown) {
    if (query === this.attended) return;
    this.attended = query;
    const { data, store } = shown();
    if (query === null) return this.put(null, data);
    if (query === data.query) return this.put(new Ghost(data, store), data);
    try {
      const other = await this.source.figures(query);
      if (this.attended === query) this.put(new Ghost(other, new Store(other)), shown().data);
    } catch {
      if (this.attended === query) this.attended = null; // it is tried again
    }
  }

  /**
   * A ghost is computed to its end, also if its viewer has gone on before that.
   * @param {Ghost} ghost
   */
  finish({ data, store }) {
    const { host } = this;
    const still = () => host.isConnected && this.pinned?.store === store;
    new Feed(this.source, {
      host: { get isConnected() { return still(); } },
      data,
      store,
      playback: { wish: data.end, get idle() { return store.final; } },
      say: () => {},
      onNews: () => this.news(),
    }).start();
  }

  /**
   * What is compared.
   * @param {Experiment} data
   */
  say(data) {
    const { pinned, button, host } = this;
    button.setAttribute("aria-pressed", String(Boolean(pinned)));
    button.textContent = pinned ? "Unpin" : "Compare";
    const note = part(host, ".lab-compare", HTMLElement);
    note.hidden = !pinned;
    if (!pinned) return;
    const differing = differences(pinned.data.parameters, data.parameters);
    note.textContent = this.under(data)
      ? `Over the pinned run, grey and dashed: ${differing.join(", ")}`
      : "This run is pinned: change a control, and the next one is drawn over it.";
  }
}
