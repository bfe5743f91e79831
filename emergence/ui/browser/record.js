// @ts-check
// What a lecturer's tab keeps of a room that is over: its counted votes, as long as the tab is open.

import { voted } from "./counted.js";

/** @typedef {import("./lecture_types.js").Polled} Polled */
/** @typedef {{code: string, at: string, polls: Polled[]}} Lectured */

const KEY = "lecture";

/**
 * Keep what is left of a room; whether there is anything.
 * @param {string} code
 * @param {Iterable<Polled>} polls
 */
export function keep(code, polls) {
  const counted = voted(polls);
  if (!counted.length) return false;
  sessionStorage.setItem(KEY, JSON.stringify({ code, at: new Date().toISOString(), polls: counted }));
  return true;
}

/** The last that was kept. @returns {Lectured | null} */
export const kept = () => JSON.parse(sessionStorage.getItem(KEY) ?? "null");
