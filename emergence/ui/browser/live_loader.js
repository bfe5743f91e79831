// @ts-check
// What Streamlit runs of the live component: it hands the viewer's module the latest experiment.

/** @typedef {import("./types.js").Given} Given */

/** @param {{data: Given, parentElement: HTMLElement, setTriggerValue: import("./types.js").Tell}} component */
export default function load({ data, parentElement, setTriggerValue }) {
  /** @type {(HTMLElement & {given?: Given, tell?: import("./types.js").Tell}) | null} */
  const host = parentElement.querySelector(".lab");
  if (!host) return;
  host.given = data;
  host.tell = setTriggerValue;
  import(`${window.location.origin}${data.module}`).then(({ show }) => show(host, host.given));
}
