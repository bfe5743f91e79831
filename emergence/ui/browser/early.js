// @ts-check
// The first picture's figures and numbers are asked for when the server names the experiment, not when
// Streamlit has drawn what shows them.

import { viewerName } from "./feed.js";
import { sourceOf } from "./server.js";

/** @typedef {import("./types.js").Given} Given */
/** @typedef {import("./types.js").Experiment} Experiment */

/** The first of what ui/live_lab.py sends, among Streamlit's own. */
const SENT = /\{"query": "[^{}]*"figures": "[^"]*"/;

/**
 * What has been asked for.
 * @typedef {object} Early
 * @property {string} query
 * @property {string} viewer who asks
 * @property {Promise<Experiment>} figures
 * @property {Promise<ArrayBuffer | null>} rows the first numbers; null where they do not come: they are asked for again
 * @property {ArrayBuffer | null} here the same, once they are here
 */

/** @type {Early | null} */
let asked = null;

/**
 * Ask for what a message to the live component names.
 * @param {string} message
 */
export function askEarly(message) {
  const found = SENT.exec(message);
  if (!found) return;
  /** @type {Given} */
  const given = JSON.parse(`${found[0]}}`);
  const { query } = given;
  const source = sourceOf(given);
  const viewer = viewerName();
  const figures = source.figures(query);
  figures.catch(() => {}); // whoever shows it says so
  const rows = source.rows({ viewer, query, from: "0", until: "0" }).catch(() => null);
  /** @type {Early} */
  const early = { query, viewer, figures, rows, here: null };
  rows.then((here) => { early.here = here; });
  asked = early;
}

/** What has been asked for of this experiment, once. @param {string} query */
export function takeEarly(query) {
  const early = asked?.query === query ? asked : null;
  asked = null;
  return early;
}
