// @ts-check
// What a lecturer's phone asks of the browser that leads, done as by hand.

/** @typedef {import("./lecture_types.js").Wish} Wish */
/** @typedef {import("./lecture_types.js").Outcome} Outcome */
/** @typedef {import("./here.js").Here} Here */

const LOOK = 100; // ms between two looks at whether the page can go elsewhere
const LOOKS = 30;

/**
 * The page that a wish leads to; undefined where there is none.
 * @param {Pick<Wish, "act" | "pages">} wish
 * @param {string} page that is shown
 */
export function target({ act, pages }, page) {
  if (act === "go") return pages[0];
  const at = pages.indexOf(page);
  return at < 0 ? undefined : pages[at + (act === "next" ? 1 : -1)];
}

/** The name of the lecture mode in the address: some lessons have a view of their own. @param {string} page */
const mode = (page) => (page ? "screen" : "view");

/**
 * The query with which a page is gone to: lecture mode is kept.
 * @param {string} page
 * @param {string} search the address's until now
 * @param {string} to
 */
export function kept(page, search, to) {
  const shown = new URLSearchParams(search).get(mode(page));
  return shown === "lecture" && to !== "scaling_lab" ? `${mode(to)}=lecture` : "";
}

/**
 * Go to another page, or to another act of the opening.
 * @param {Here} here
 * @param {Wish} wish
 * @returns {Promise<Outcome>}
 */
async function turn(here, wish) {
  const stage = here.lab?.onStage;
  if (stage && wish.act !== "go") {
    if (wish.act === "previous" && stage.opening.act === 0) return "nothing";
    stage.turn(wish.act === "next" ? 1 : -1);
    return "done";
  }
  const page = target(wish, here.page);
  if (page === undefined || page === here.page) return "nothing";
  for (let looks = 0; !here.listening && looks < LOOKS; looks += 1) {
    await new Promise((wake) => { setTimeout(wake, LOOK); });
  }
  here.go(page, kept(here.page, window.location.search, page));
  return "done";
}

/**
 * Play or pause the run, or the opening.
 * @param {Here} here
 * @param {boolean} playing
 * @returns {Outcome}
 */
function play({ lab }, playing) {
  if (!lab) return "nothing";
  const plays = lab.onStage ? !lab.onStage.opening.paused : lab.playback.playing;
  if (plays !== playing) lab.toggle();
  return "done";
}

/**
 * Show the answer to the first question of the page that has none.
 * @returns {Outcome}
 */
function reveal() {
  for (const question of document.querySelectorAll("[class*=st-key-guess_]")) {
    const [show, skip] = ["_show", "_skip"].map((end) => question.querySelector(`[class*=${end}] button`));
    const button = show instanceof HTMLButtonElement && !show.disabled ? show : skip;
    if (button instanceof HTMLButtonElement) {
      button.click();
      return "done";
    }
  }
  return "nothing";
}

/**
 * Do what is asked.
 * @param {Here} here
 * @param {Wish} wish
 * @returns {Promise<Outcome>}
 */
export async function carryOut(here, wish) {
  if (wish.act === "reveal") return reveal();
  if (wish.act === "play" || wish.act === "pause") return play(here, wish.act === "play");
  return turn(here, wish);
}
