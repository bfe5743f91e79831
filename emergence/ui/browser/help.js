// @ts-check
// The keys, and the lines with which this moment is shared: a dialog under "?".

import { part } from "./dom.js";

/** What a key does. @type {[keys: string[], does: string][]} */
export const KEYS = [
  [["Space"], "play or pause"],
  [["←", "→"], "previous or next snapshot"],
  [["R"], "back to the start"],
  [["1", "…", "6"], "the large picture"],
  [["L"], "lecture mode: one picture fills the window"],
  [["F"], "full screen"],
  [["C"], "compare: pin this run under the next one"],
  [["S"], "save: the run, its tables, its pictures, a film"],
  [["?"], "these keys"],
  [["Esc"], "leave lecture mode"],
];

export const HELP = `<dialog class="lab-help" aria-labelledby="lab-help-title"><form method="dialog">
  <h2 id="lab-help-title">Keys and sharing</h2>
  <dl>${KEYS.map(([keys, does]) => `<div><dt>${keys.map((key) => `<kbd>${key}</kbd>`).join(" ")}</dt><dd>${does}</dd></div>`).join("")}</dl>
  <label>This experiment's address <input class="lab-address" readonly></label>
  <label>In a slide or on a page of your own: picture and transport only <input class="lab-iframe" readonly></label>
  <button>Close</button></form></dialog>`;

/**
 * The line that puts an experiment into another page.
 * @param {string} href of this page
 * @param {import("./types.js").Address} names under which it says what is shown
 * @param {import("./types.js").Name} picture the large one
 */
export function iframe(href, names, picture) {
  const url = new URL(href);
  const behind = url.hash.includes("=") ? url.hash.slice(1) : ""; // without a server all of it stands there
  for (const [name, value] of new URLSearchParams(behind)) url.searchParams.set(name, value);
  url.searchParams.delete(names.view);
  url.searchParams.set(names.picture, picture);
  url.searchParams.set("embed", "true");
  url.hash = "";
  return `<iframe src="${url.href.replaceAll("&", "&amp;")}" width="960" height="600" style="border:0" allow="fullscreen"></iframe>`;
}

/**
 * Open or close the dialog.
 * @param {HTMLElement} host
 * @param {import("./types.js").Address} names
 * @param {import("./types.js").Name} picture
 */
export function toggleHelp(host, names, picture) {
  const dialog = part(host, ".lab-help", HTMLDialogElement);
  if (dialog.open) {
    dialog.close();
    return;
  }
  const { href } = window.location;
  for (const [selector, text] of [[".lab-address", href], [".lab-iframe", iframe(href, names, picture)]]) {
    const field = part(dialog, selector, HTMLInputElement);
    field.value = text;
    field.onfocus = () => field.select();
  }
  dialog.showModal();
}
