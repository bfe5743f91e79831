// @ts-check
// As soon as there is a hand on the page, the browser learns to answer moved controls itself (see instant.js):
// who only watches, as a class does that follows a lecture, asks for nothing.

import { reason } from "./feed.js";
import { at } from "./root.js";
import { Store } from "./store.js";

/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./types.js").Given} Given */
/** @typedef {import("./live.js").Host} Host */

const QUIET = 150; // ms without another move after which the numbers of a control on the move are asked for

/** Return when there is a hand on the page. */
const touched = () => new Promise((resolve) => {
  const heard = new AbortController();
  for (const kind of ["pointermove", "pointerdown", "keydown", "focusin"]) {
    addEventListener(kind, () => {
      heard.abort();
      resolve(undefined);
    }, { capture: true, passive: true, signal: heard.signal });
  }
});

/**
 * Have moved controls answered at once from now on; without that every one is answered by the server.
 * @param {Host} host
 * @param {Given} given
 * @param {(host: Host, given: Given) => void} show what Python has said
 */
export async function answerAtOnce(host, given, show) {
  if (host.instant !== undefined || "source" in given) return;
  host.instant = null;
  await touched();
  try {
    /** @type {{instant: {Instant: typeof import("./instant.js").Instant}}} */
    const { instant } = await import(at(given.instant));
    host.instant = await instant.Instant.load(host, given, {
      free: () => Boolean(host.lab && host.asked && !host.lab.onStage),
      show: (data, start, moving) => begin(host, data, start, moving),
      obey: () => { if (host.given) show(host, host.given); },
    });
  } catch (error) {
    console.warn(`Moved controls are not answered at once: ${reason(error)}`);
  }
}

/**
 * Show an experiment that this browser has made itself.
 * @param {Host} host
 * @param {Experiment} data
 * @param {import("./types.js").Row} start
 * @param {boolean} moving whether another is likely to follow
 */
function begin(host, data, start, moving) {
  const { lab, given } = host;
  if (!lab || !given || host.asked === data.query) return;
  host.asked = data.query;
  lab.follow({ ...given, query: data.query }, null);
  const store = new Store(data);
  store.tip = start; // until the first answer
  lab.feed.rest(moving ? QUIET : 0);
  lab.begin(data, store);
}
