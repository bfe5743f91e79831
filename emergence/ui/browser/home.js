// @ts-check
// "Take it home": the experiment on the screen as one file that works without a server.

import { part } from "./dom.js";
import { reason } from "./feed.js";
import { at } from "./root.js";

const SAID = 6000; // ms for which is said why there is no file

/**
 * Have the button hand out the file; a page that is that file has no such button.
 * @param {HTMLElement} host
 * @param {string} address where files are made, below the server's, "" for nowhere
 * @param {() => string} query of the experiment on the screen
 */
export function handOut(host, address, query) {
  const button = part(host, "[data-act=home]", HTMLButtonElement);
  const status = part(host, ".lab-home", HTMLElement);
  button.hidden = !address;
  button.addEventListener("click", async () => {
    button.disabled = true;
    status.textContent = "Making the file …";
    try {
      const response = await fetch(`${at(address)}?${new URLSearchParams({ query: query() })}`);
      if (!response.ok) throw new Error((await response.json()).message);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await response.blob());
      link.download = "emergence-lab.html";
      link.click();
      URL.revokeObjectURL(link.href);
      status.textContent = "";
    } catch (error) {
      const said = `There is no file: ${reason(error)}.`;
      status.textContent = said;
      setTimeout(() => { if (status.textContent === said) status.textContent = ""; }, SAID);
    }
    button.disabled = false;
  });
}
