// @ts-check
// Links to the Live Lab, the page without a name: Streamlit writes their query alone, which in another tab would be this page's.

import { ROOT } from "./root.js";

/** @param {Event} event */
function complete({ target }) {
  const link = target instanceof Element && target.closest("a[href^='?']");
  if (link) link.setAttribute("href", ROOT.pathname + link.getAttribute("href"));
}

/** Have a link lead to the page it names before anything can be done with it. */
export function completeLinks() {
  for (const kind of ["pointerover", "pointerdown", "focusin"]) addEventListener(kind, complete, true);
}
