// @ts-check
// The note above the pictures.

import { buttons, part } from "./dom.js";
import { at } from "./root.js";

/**
 * Say a sentence, with a button for each of what mends it; an empty one goes away.
 * @param {HTMLElement & {tell?: import("./types.js").Tell}} host
 * @param {string} text
 * @param {string[]} [mends]
 * @param {string} [alone] where the experiment is computed without the server
 */
export function say(host, text, mends = [], alone = "") {
  const note = part(host, ".lab-note", HTMLElement);
  if (note.dataset.said === text) return; // it is said again with every answer: no button may go under the pointer
  note.dataset.said = text;
  note.replaceChildren(text, ...buttons(mends, (label) => host.tell?.("mend", label)));
  if (alone) note.append(Object.assign(document.createElement("a"), { href: at(alone), target: "_blank", textContent: "Compute in my browser" }));
  note.hidden = !text;
}
