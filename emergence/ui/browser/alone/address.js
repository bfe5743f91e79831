// @ts-check
// What the address of a page without a server says: the experiment, and how it is shown. It stands
// behind the #, which no server is told: the page is one and the same file for all of them.

/** @typedef {import("../types.js").Address} Address */
/** @typedef {import("../types.js").Name} Name */
/** @typedef {import("../types.js").Stage} Stage */

import { NAMES } from "../tiles.js";

/** @typedef {{query: string, stage: Stage, picture: Name | ""}} Said */

/**
 * What an address says; behind the # wins over what stands before it.
 * @param {Pick<Location, "search" | "hash">} location
 * @param {Address} names
 * @returns {Said}
 */
export function said({ search, hash }, names) {
  const given = new URLSearchParams(hash.length > 1 ? hash.slice(1) : search);
  const picture = NAMES.find((name) => name === given.get(names.picture)) ?? "";
  const stage = given.get("embed") === "true" ? "embed" : given.get(names.view) === "lecture" ? "lecture" : "page";
  for (const name of [names.picture, names.view, "embed"]) given.delete(name);
  return { query: given.toString(), stage, picture };
}

/**
 * The part of an address behind the #.
 * @param {Said} said
 * @param {Address} names
 */
export function fragment({ query, stage, picture }, names) {
  const given = new URLSearchParams(query);
  if (stage === "lecture") given.set(names.view, stage);
  if (stage === "embed") given.set("embed", "true");
  if (picture) given.set(names.picture, picture);
  return given.size ? `#${given}` : "";
}

/**
 * Have the address say it.
 * @param {Said} said
 * @param {Address} names
 */
export function say(said, names) {
  const way = `${location.pathname}${fragment(said, names)}`;
  try {
    history.replaceState(null, "", way);
  } catch { // a file's address may not lose what stands before the #
    history.replaceState(null, "", fragment(said, names) || "#");
  }
}
