// @ts-check
// Begins a page that carries all it needs: unpacks its scripts and runs them. The page's policy has the hash of each.

import { unpackedText } from "./packed.js";
import { dress } from "./theme.js";

/** In their order: Plotly, then what asks for it. */
const SCRIPTS = [["plotly", "text/javascript"], ["lab", "module"]];

async function start() {
  for (const [id, type] of SCRIPTS) {
    document.head.append(Object.assign(document.createElement("script"), { type, textContent: await unpackedText(id) }));
  }
}

dress();
start().catch((error) => {
  const place = document.querySelector(".lab");
  if (place) place.textContent = `The lab cannot be shown: ${error.message}.`;
});
