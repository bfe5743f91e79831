// @ts-check
// What a browser in a room does and says, from what it has heard. No page, no server.

/** @typedef {import("./lecture_types.js").Lecture} Lecture */
/** @typedef {import("./lecture_types.js").Told} Told */

const RUN = 3000; // ms that a page is given to finish
const DRIFT = 0.25; // seconds by which followers may be elsewhere before they are told

/**
 * How a browser stands to its room: it leads, follows, or looks around on its own.
 * @param {Told | null} told
 * @param {boolean} free
 * @returns {"waits" | "leads" | "follows" | "explores"}
 */
export function stands(told, free) {
  if (!told) return "waits";
  if (told.role === "leader") return "leads";
  return free ? "explores" : "follows";
}

/**
 * A code as it is read aloud.
 * @param {string} code
 */
export const spelled = (code) => `${code.slice(0, 3)}\u00a0${code.slice(3)}`; // never over two lines

/**
 * What the banner says.
 * @param {string} code
 * @param {Told | null} told
 * @param {boolean} free
 */
export function banner(code, told, free) {
  const room = `code ${spelled(code)}`;
  if (!told) return `Joining the lecture · ${room}`;
  if (told.role === "leader") return `You lead · ${room}`;
  if (told.role === "host") return `${told.led ? "Another browser leads" : "Nobody leads now"} · ${room}`;
  if (!told.led) return `${free ? "Exploring on your own" : "Following"} · no lecturer is there now · ${room}`;
  return free ? "Exploring on your own" : `Following the lecture · ${room}`;
}

/**
 * How many follow, for hosts.
 * @param {Told | null} told
 */
export function many(told) {
  if (told?.following === undefined) return "";
  return told.following === 1 ? " · 1 follows" : ` · ${told.following} follow`;
}

/**
 * A lecture as it is `seconds` after it was sent: what plays has gone on, in the opening at its own pace.
 * @param {Lecture} lecture
 * @param {number} seconds
 * @param {number} pace steps a second at which it plays
 * @returns {Lecture}
 */
export function now(lecture, seconds, pace) {
  const { playback, act } = lecture;
  if (act) return { ...lecture, act: { ...act, share: Math.min(act.share + act.pace * seconds, 1) } };
  if (!playback?.playing || pace === Infinity) return lecture;
  return { ...lecture, playback: { ...playback, step: playback.step + pace * seconds } };
}

/**
 * Whether followers have to hear of a lecture: what they were told has gone on to `expected`.
 * @param {Lecture} expected
 * @param {Lecture} lecture
 * @param {number} pace steps a second at which it plays
 */
export function differs(expected, lecture, pace) {
  const [before, after] = [expected.playback, lecture.playback];
  const rest = [expected, lecture].map((each) => JSON.stringify({ ...each, playback: null, act: each.act && { ...each.act, share: 0 } }));
  if (rest[0] !== rest[1]) return true;
  if (expected.act && lecture.act && Math.abs(expected.act.share - lecture.act.share) > lecture.act.pace * DRIFT) return true;
  if (!before || !after) return before !== after;
  if (before.playing !== after.playing || before.rushing !== after.rushing || before.share !== after.share) return true;
  return Math.abs(before.step - after.step) > (after.playing ? pace * DRIFT : 0);
}

const EMBEDDING = ["embed", "embed_options"];

/**
 * A query as followers' browsers take it.
 * @param {string} search of the address
 * @param {{run: string, address: import("./types.js").Address} | null} lab the Live Lab's experiment and the
 *   names of what its address may say beside one. Its large picture is told apart: no page is run anew for it
 */
export function shared(search, lab) {
  const query = new URLSearchParams(search);
  for (const name of EMBEDDING) query.delete(name);
  if (!lab) return query.toString();
  const { run, address: { view, picture } } = lab;
  query.delete(picture);
  if ([...query.keys()].some((name) => name !== view)) return query.toString();
  const said = query.toString();
  return said ? `${run}&${said}` : run;
}

/**
 * Whether two queries say the same: their names may stand in another order, spelled otherwise.
 * @param {string} a
 * @param {string} b
 */
export function same(a, b) {
  const [one, other] = [a, b].map((query) => {
    const said = new URLSearchParams(query);
    said.sort();
    return said.toString();
  });
  return one === other;
}

/**
 * Whether a follower goes on to another address: a lecturer's slider passes many, and each would
 * have the server run the page for every follower, so the page is left to finish first.
 * @param {boolean} running whether the page is on its way
 * @param {number} since ms since the last address was gone to
 */
export const mayGo = (running, since) => !running || since > RUN;

/**
 * Whether an address leads other machines to themselves.
 * @param {string} hostname
 */
export const onlyHere = (hostname) => /^(localhost|127(\.\d+){3}|\[::1\])$|\.localhost$/.test(hostname);
