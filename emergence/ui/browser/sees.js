// @ts-check
// What the class sees, in words, for the lecturer's desk. No page, no server.

/** @typedef {import("./lecture_types.js").Planned} Planned */
/** @typedef {import("./lecture_types.js").Told} Told */
/** @typedef {import("./lecture_types.js").Polled} Polled */

const GUESS = /^guess($|_)/;

/**
 * A page as the plan calls it.
 * @param {Planned | undefined} planned
 */
export const titled = (planned) => (planned?.number ? `${planned.number} · ${planned.title}` : planned?.title ?? "");

/**
 * The present page in the plan.
 * @param {Planned[]} plan
 * @param {Told} told
 */
export const present = (plan, { state: { page } }) => plan.find((each) => each.page === page);

/**
 * What the class votes on: the question that was chosen, or the first of the page that waits for its
 * answer, else the last one.
 * @param {Told | null} told
 * @param {string} [chosen] its id
 */
export function asked(told, chosen) {
  const polls = /** @type {Polled[]} */ (told?.polls ?? []);
  return polls.find(({ id }) => id === chosen) ?? polls.find(({ revealed }) => !revealed) ?? polls.at(-1);
}

/**
 * How many are in the room without the secret, and how many of them have answered while the class votes.
 * @param {Told} told
 */
export function connected(told) {
  const vote = asked(told);
  return `${told.following ?? 0} connected${vote && !vote.revealed ? ` · ${vote.answered ?? 0} answered` : ""}`;
}

/**
 * Each thing that the class sees, by its name.
 * @param {Told} told
 * @param {Planned[]} plan
 * @returns {[name: string, said: string][]}
 */
export function sees(told, plan) {
  const { page, query, picture, playback, highlight } = told.state;
  const mode = page ? "screen" : "view"; // some lessons have a view of their own
  const said = [...new URLSearchParams(query)];
  const lecture = said.some(([name, text]) => name === mode && text === "lecture");
  const controls = said.filter(([name]) => name !== mode && !GUESS.test(name)).map(([name, text]) => `${name} = ${text}`);
  /** @type {[string, string][]} */
  const rows = [
    ["Page", `${titled(present(plan, told)) || page}${lecture ? ", in lecture mode" : ""}`],
    ["Controls", controls.join(", ") || "as the page begins"],
  ];
  if (present(plan, told)?.number) {
    const shown = said.filter(([name]) => GUESS.test(name)).length;
    rows.push(["Answers", shown ? `${shown} shown` : "none shown"]);
  }
  if (picture) rows.push(["Large picture", picture]);
  if (playback) {
    const step = Math.round(playback.step).toLocaleString("en");
    rows.push(["Run", playback.playing ? `plays, was at step ${step} when it was last told` : `stands at step ${step}`]);
  }
  const pointed = [["direction", highlight?.p ?? null], ["neuron", highlight?.k ?? null]]
    .flatMap(([name, index]) => (typeof index === "number" ? [`${name} ${index + 1}`] : []));
  if (pointed.length) rows.push(["Pointed at", pointed.join(", ")]);
  const vote = asked(told);
  if (vote) rows.push(["Votes", vote.revealed ? "shown, with the answer" : vote.shown ? "shown" : "hidden"]);
  rows.push(["Screens", told.frozen ? "dimmed: eyes up here" : "free"]);
  return rows;
}

/**
 * What the desk says of a wish that was not carried out; "" of one that was.
 * @param {import("./lecture_types.js").Command} act
 * @param {import("./lecture_types.js").Outcome | null} outcome
 */
export function came(act, outcome) {
  if (outcome === "done") return "";
  if (outcome === null) return "The leading browser has not answered. Look at it, and try again.";
  if (act === "reveal") return "No question of this page waits for its answer.";
  if (act === "play" || act === "pause") return "Nothing plays on this page.";
  return "There is no page to go to.";
}
