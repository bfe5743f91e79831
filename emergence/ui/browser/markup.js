// @ts-check
// The Live Lab's frame: transport, a note, room for six figures and a table.

import { HELP } from "./help.js";
import { SAVE } from "./save.js";
import { TABS, TILES } from "./tiles.js";

/** @param {string} path */
const icon = (path) => `<svg viewBox="0 0 24 24" width="20" height="20" fill="currentColor" aria-hidden="true"><path d="${path}"/></svg>`;
export const ICONS = {
  reset: icon("M5 5h2.5v14H5zM20 5v14L9 12z"),
  play: icon("M7 4.5v15l13-7.5z"),
  pause: icon("M6 5h4v14H6zM14 5h4v14h-4z"),
  step: icon("M5 5v14l10-7zM16.5 5H19v14h-2.5z"),
  home: icon("M12 3 2 12h3v8h5v-5h4v5h5v-8h3z"),
  lecture: icon("M2 4h20v13H2zM4 6v9h16V6zM8 19h8v2H8z"),
  end: icon("M3 5v14l8-7zM11 5v14l8-7zM19 5h2.5v14H19z"),
};

export const MARKUP = `
  <div class="lab-strip"><div class="lab-bar" role="toolbar" aria-label="Transport">
    <button type="button" data-act="reset" aria-label="Reset" title="Back to the start">${ICONS.reset}</button>
    <button type="button" data-act="play" aria-label="Pause" title="Play or pause (space)">${ICONS.pause}</button>
    <button type="button" data-act="step" aria-label="Next snapshot">${ICONS.step}</button>
    <button type="button" data-act="end" aria-label="Run to the end" title="Compute and show everything">${ICONS.end}</button>
    <label class="lab-time"><span class="lab-hidden">Time</span>
      <span class="lab-track"><span class="lab-buffer"></span>
      <input type="range" min="0" max="1000" step="1" value="0" aria-label="Time scrubber, logarithmic"
        title="Time in steps, logarithmic as in the pictures"></span>
      <span class="lab-ticks" aria-hidden="true"></span></label>
    <output class="lab-status" aria-live="off">starting</output><span class="lab-hidden" role="status"></span>
    <label class="lab-speed"><span>Speed</span>
      <input type="range" min="0" max="1000" step="1" aria-label="Speed"
        title="Fastest speed wished for; below it the speed reached">
      <span class="lab-speeds"><output></output><small></small></span></label>
  </div>
  <div class="lab-row">${TABS}<div class="lab-more">
    <button type="button" class="room-open">Teach</button>
    <button type="button" data-act="predict" aria-expanded="false" title="Guess first what the run will show, then play it">Predict</button>
    <button type="button" data-act="pin" aria-pressed="false" title="Pin this run: the next one is drawn over it (C)">Compare</button>
    <button type="button" data-act="save" title="Save the run, its tables, its pictures, a film (S)">Save</button>
    <button type="button" data-act="lecture" aria-label="Lecture mode" aria-pressed="false" title="One picture fills the window (L)">${ICONS.lecture}</button>
    <button type="button" data-act="home" aria-label="Take it home" title="Take it home: this experiment in one file that works without a server">${ICONS.home}<span>Take it home</span></button>
    <button type="button" data-act="help" aria-label="Keys and sharing" title="Keys and sharing (?)">?</button>
  </div></div><p class="lab-home" role="status"></p><p class="lab-parameters"></p></div>
  <p class="lab-act lab-headline" role="status" hidden></p>
  <div class="lab-note" role="status" hidden></div>
  <section class="lab-predict" aria-label="Predict first" hidden></section>
  <div class="lab-compare" role="status" hidden></div>
  <div class="lab-notices" role="status" hidden></div>
  <div class="lab-grid">${TILES}</div>
  ${HELP}
  ${SAVE}
  <div class="lab-tip" role="tooltip" hidden></div>
  <details class="lab-network" open><summary></summary><div class="lab-drawing"></div><p class="lab-sentence" role="status"></p></details>
  <div class="lab-board"><h2>The theorem, live</h2><p class="lab-summary"></p>
    <div class="lab-scroll"><table class="lab-scores"></table></div></div>`;
