// @ts-check
// An experiment is shown where Python says: the first asks for the viewer, each after it begins there; what cannot be shown is said.

import { takeEarly } from "./early.js";
import { elsewhere, reason } from "./feed.js";
import { keepRoom } from "./first.js";
import { answerAtOnce } from "./instant_loader.js";
import { MARKUP } from "./markup.js";
import { say } from "./note.js";
import { printWhole } from "./paper.js";
import { sourceOf } from "./server.js";
import { Staging } from "./stage.js";
import { Store } from "./store.js";
import { Story } from "./story.js";
import { Lab } from "./viewer.js";

/** @typedef {import("./types.js").Given} Given */
/**
 * @typedef {object} Shows
 * @property {Lab} [lab]
 * @property {string} [asked] the experiment that is shown, or on its way
 * @property {Given} [given] what Python has said last
 * @property {Staging} [staging]
 * @property {import("./instant.js").Instant | null} [instant]
 * @property {import("./types.js").Tell} [tell]
 * @typedef {HTMLElement & Shows} Host
 */

/** Whether a moved control is answered by this browser, before the server is: here it is switched off. */
const AT_ONCE = true;

/**
 * Show an experiment: its figures and predictions come first, then its numbers.
 * @param {Host} host
 * @param {Given} given
 */
export async function show(host, given) {
  if (host.asked === undefined) {
    printWhole();
    host.innerHTML = MARKUP;
    host.dataset.painted = "0";
    host.staging = new Staging(host, given.address, {
      changed: () => host.lab?.painter.rearrange(),
      choose: (name) => host.lab?.hang(name),
      chosen: () => (host.lab && !host.lab.onStage ? host.lab.tiles.hero : ""),
    });
  }
  keepRoom(host, given.stage === "page" && !given.opening);
  host.staging?.follow(given);
  if (!given.opening) host.lab?.story?.arrive();
  if (host.instant?.overtakes(given)) return;
  const asked = given.opening ? "" : given.query;
  if (host.asked === asked) return;
  host.asked = asked;
  if (given.opening && host.lab?.story?.playing) return; // a click has begun it
  if (given.opening) host.lab?.story?.remove();
  const story = given.opening && new Story(host, given, given.opening);
  const source = sourceOf(given);
  const early = takeEarly(given.query);
  let answers;
  try {
    answers = await Promise.all([early?.figures ?? source.figures(given.query), source.plotly()]);
  } catch (error) {
    if (host.asked === asked) refuse(host, `This experiment cannot be shown: ${reason(error)}`, elsewhere(error));
    return;
  }
  if (host.asked !== asked) {
    story?.remove();
    return; // a later experiment overtook this one
  }
  if (host.lab?.story?.yours !== asked) { // else the opening has begun it
    const [data, Plotly] = answers;
    host.lab ??= new Lab(host, Plotly, given, data);
    host.lab.follow(given, story);
    const store = new Store(data);
    if (early) host.lab.feed.take(early);
    if (early?.here) store.take(early.here);
    await host.lab.begin(data, store);
  }
  if (AT_ONCE && !given.opening) answerAtOnce(host, given, show);
}

/**
 * Say why there is no picture of what is asked for now; one of another experiment would be taken for it.
 * @param {Host} host
 * @param {string} text
 * @param {string} alone
 */
function refuse(host, text, alone) {
  host.lab?.rest();
  host.classList.add("lab-refused");
  say(host, text, [], alone);
}
