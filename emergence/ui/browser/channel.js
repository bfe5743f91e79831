// @ts-check
// What a browser in a room and the server say to each other.

/** @typedef {import("./membership.js").Member} Member */
/** @typedef {import("./lecture_types.js").Lecture} Lecture */
/** @typedef {import("./lecture_types.js").Told} Told */

const PATIENCE = 30_000; // ms after which an answer will not come
const RETRY = 1000; // ms before the next question when one was not answered
const REST = 50; // ms between an answer and the next question

/** The server has refused: `why` is its word for it, `message` a sentence. */
export class Refusal extends Error {
  /**
   * @param {string} why
   * @param {string} message
   */
  constructor(why, message) {
    super(message);
    this.why = why;
  }
}

/**
 * The server's answer. Throws a Refusal, or another error when there is none.
 * @param {string} address
 * @param {RequestInit} options
 */
async function ask(address, options) {
  const response = await fetch(address, { ...options, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  const answer = await response.json();
  if (!response.ok) throw new Refusal(answer.why, answer.message);
  return answer;
}

/**
 * @param {string} address
 * @param {object} body
 */
const post = (address, body) =>
  ask(address, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/**
 * Open a room, or open it again.
 * @param {string} base path of the server
 * @param {{secret: string, viewer: string}} who
 * @param {Lecture} state
 * @param {import("./lecture_types.js").Vote[]} polls that it had
 * @returns {Promise<Told>}
 */
export const open = (base, { secret, viewer }, state, polls) => post(`${base}/class/open`, { secret, viewer, state, polls });

/**
 * Have the lecture be at a state, and lead it; without `taking` only where no other browser leads by now.
 * @param {string} base
 * @param {Member} who
 * @param {Lecture} state
 * @param {boolean} taking
 * @returns {Promise<Told>}
 */
export const lead = (base, { code, secret, viewer }, state, taking) =>
  post(`${base}/class/lead`, { code, secret, viewer, state, taking });

/** @typedef {import("./types.js").Asked} Asked */
/** @typedef {import("./lecture_types.js").Vote} Vote */

/**
 * Have the class vote on a question, or go on with its vote.
 * @param {string} base
 * @param {Member} who
 * @param {Asked} question
 * @param {boolean} again whether anew where that is over
 * @returns {Promise<Told>}
 */
export const askClass = (base, { code, secret, viewer }, question, again) =>
  post(`${base}/class/ask`, { code, secret, viewer, question, again });

/**
 * Go on with a vote: show or hide its counts, open the second round, reveal the answer, say what is right.
 * @param {string} base
 * @param {Member} who
 * @param {string} poll
 * @param {string} act
 * @param {object} [more]
 * @returns {Promise<Told>}
 */
export const leadPoll = (base, { code, secret, viewer }, poll, act, more) =>
  post(`${base}/class/poll`, { ...more, code, secret, viewer, poll, act });

/**
 * Vote.
 * @param {string} base
 * @param {Member} who
 * @param {string} poll
 * @param {number} round
 * @param {number} option
 * @returns {Promise<{poll: Vote}>}
 */
export const vote = (base, { code, viewer }, poll, round, option) => post(`${base}/class/vote`, { code, viewer, poll, round, option });

/**
 * The counted votes of the lecture until now.
 * @param {string} base
 * @param {Member} who
 * @returns {Promise<{polls: import("./lecture_types.js").Polled[]}>}
 */
export const summary = (base, { code, secret, viewer }) => post(`${base}/class/summary`, { code, secret, viewer });

/**
 * Close the room for everybody; its counted votes.
 * @param {string} base
 * @param {Member} who
 * @returns {Promise<{polls: import("./lecture_types.js").Polled[]}>}
 */
export const close = (base, { code, secret, viewer }) => post(`${base}/class/close`, { code, secret, viewer });

/**
 * Have the browser that leads do something; null where nothing is heard of it.
 * @param {string} base
 * @param {Member} who
 * @param {import("./lecture_types.js").Command} act
 * @param {string} [page] to go to
 * @returns {Promise<{outcome: import("./lecture_types.js").Outcome | null}>}
 */
export const wish = (base, { code, secret, viewer }, act, page) =>
  post(`${base}/class/wish`, { code, secret, viewer, act, page });

/**
 * Say what came of what this browser was asked to do.
 * @param {string} base
 * @param {Member} who
 * @param {number} number
 * @param {import("./lecture_types.js").Outcome} outcome
 */
export const done = (base, { code, secret, viewer }, number, outcome) =>
  post(`${base}/class/done`, { code, secret, viewer, number, outcome });

/**
 * Ask the class to look up from its screens, or no longer.
 * @param {string} base
 * @param {Member} who
 * @param {boolean} frozen
 * @returns {Promise<Told>}
 */
export const freeze = (base, { code, secret, viewer }, frozen) =>
  post(`${base}/class/freeze`, { code, secret, viewer, frozen });

/**
 * The lecture's plan, page by page.
 * @param {string} base
 * @param {Member} who
 * @returns {Promise<import("./lecture_types.js").Planned[]>}
 */
export const plan = (base, { code, secret, viewer }) => post(`${base}/class/plan`, { code, secret, viewer });

/**
 * Where the lecture is, once it is not at this version.
 * @param {string} base
 * @param {Member} who
 * @param {number} version
 * @returns {Promise<Told>}
 */
export function hear(base, { code, secret, viewer }, version) {
  /** @type {Record<string, string>} */
  const headers = secret ? { "x-room-secret": secret } : {};
  return ask(`${base}/class/state?${new URLSearchParams({ code, viewer, version: String(version) })}`, { headers });
}

/**
 * What is done with what is heard.
 * @typedef {object} Hearer
 * @property {() => Member | null} who is asking; null ends it
 * @property {(told: Told) => void} told
 * @property {(refusal: Refusal) => Promise<void> | void} refused
 * @property {() => void} lost the server does not answer
 */

/** @param {number} ms */
const rest = (ms) => new Promise((wake) => { setTimeout(wake, ms); });

/**
 * Ask again and again where the lecture is, as long as this browser is in the room.
 * @param {string} base
 * @param {Hearer} hearer
 */
export async function listen(base, hearer) {
  let version = -1;
  for (let who = hearer.who(); who; who = hearer.who()) {
    try {
      const told = await hear(base, who, version);
      version = told.version;
      if (hearer.who()?.code === who.code) hearer.told(told);
      await rest(REST);
    } catch (error) {
      version = -1;
      if (error instanceof Refusal) await hearer.refused(error);
      else hearer.lost();
      await rest(RETRY);
    }
  }
}
