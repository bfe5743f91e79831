// @ts-check
// The room that this tab is in: kept as long as the tab, nothing of it in an address or a cookie.

import { viewerName } from "./feed.js";

const KEY = "room";
/**
 * What this browser has said, by poll; what a lecturer's has heard, for a server that is restarted; what was chosen
 * and not sent.
 */
export const OF_A_ROOM = ["votes", "polls", "drafts"];

/** All tabs of this browser vote as one: until it is closed, by a cookie that says nothing else. */
function vote() {
  if (/(^|; )voter=/.test(document.cookie)) return;
  document.cookie = `voter=${viewerName()}; path=/; SameSite=Strict`;
}

/**
 * A browser in a room: by its code; with its secret if it may lead.
 * @typedef {object} Member
 * @property {string} code
 * @property {string | null} secret
 * @property {string} viewer its name in the room
 * @property {boolean} free whether it looks around on its own
 */

/**
 * @param {string} code
 * @param {string | null} secret
 * @returns {Member}
 */
export function member(code, secret) {
  vote();
  return { code, secret, viewer: viewerName(), free: false };
}

/** A secret: 128 random bits. */
export const newSecret = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

/** @param {Member} who */
export const enter = (who) => sessionStorage.setItem(KEY, JSON.stringify(who));

/** What was said and heard in a room is forgotten with it. */
export function leave() {
  for (const key of [KEY, ...OF_A_ROOM]) sessionStorage.removeItem(key);
}

/** @returns {Member | null} */
export function present() {
  try {
    const { code, secret, viewer, free } = JSON.parse(sessionStorage.getItem(KEY) ?? "null") ?? {};
    if (typeof code !== "string" || typeof viewer !== "string") return null;
    return { code, viewer, secret: typeof secret === "string" ? secret : null, free: free === true };
  } catch {
    return null; // somebody else's
  }
}
