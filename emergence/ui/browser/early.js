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
 * @property {ArrayBuffer} [rows] the first numbers, once they are here
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
  /** @type {Early} */
  const early = { query, viewer: viewerName(), figures: source.figures(query) };
  early.figures.catch(() => {}); // whoever shows it says so
  source.rows({ viewer: early.viewer, query, from: "0", until: "0" }).then((rows) => { early.rows = rows; }, () => {}); // they are asked for again
  asked = early;
}

/** What has been asked for of this experiment, once. @param {string} query */
export function takeEarly(query) {
  const early = asked?.query === query ? asked : null;
  asked = null;
  return early;
}
