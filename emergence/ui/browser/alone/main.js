// @ts-check
// The Live Lab in a page of its own, without a server.

import { part } from "../dom.js";
import { show } from "../live.js";
import { said, say } from "./address.js";
import { block } from "./packed.js";
import { recorded } from "./recorded.js";

/** @typedef {import("../types.js").Given} Given */
/** @typedef {import("../types.js").Plotly} Plotly */
/** @typedef {import("../types.js").Tell} Tell */

/**
 * What Python says of this page (see `ui/alone/page.py`).
 * @typedef {object} Carried
 * @property {string} query of its experiment
 * @property {Given["address"]} address
 * @property {Given["words"]} words
 * @property {string} about where its numbers come from, in words
 * @property {import("../types.js").Header | null} header of a recorded run
 */

/** @type {Carried} */
const carried = JSON.parse(block("carried"));
const plotly = async () => /** @type {Plotly} */ (Reflect.get(window, "Plotly"));

/** @type {HTMLElement & {tell?: Tell}} */
const host = part(document, ".lab", HTMLElement);
part(document, ".file-about", HTMLElement).textContent = carried.about;

const shown = said(location, carried.address);

/** @param {string} query */
function give(query) {
  show(host, /** @type {Given & {source: import("../types.js").Source}} */ ({
    query, stage: shown.stage, picture: shown.picture, address: carried.address, words: carried.words,
    notices: [], mends: [], opening: null, acts: [], module: "", plotly: "", run: "", figures: "", files: "", source,
  }));
}

host.tell = (name, value) => {
  if (name === "view" && typeof value === "object") {
    Object.assign(shown, { stage: value.view, picture: value.picture });
    say(shown, carried.address);
  }
};

const source = recorded(carried.query, /** @type {import("../types.js").Header} */ (carried.header), plotly);
give(carried.query);
