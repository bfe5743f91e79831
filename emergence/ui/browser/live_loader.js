// @ts-check
// What Streamlit runs of the live component: it hands the viewer's module the latest experiment.

/** @typedef {import("./types.js").Given} Given */

/** @typedef {(name: "view", value: import("./types.js").Stage) => void} Tell */

/** @param {{data: Given, parentElement: HTMLElement, setTriggerValue: Tell}} component */
export default function load({ data, parentElement, setTriggerValue }) {
  /** @type {(HTMLElement & {given?: Given, tell?: Tell}) | null} */
  const host = parentElement.querySelector(".lab");
  if (!host) return;
  host.given = data;
  host.tell = setTriggerValue;
  import(`${window.location.origin}${data.module}`).then(({ show }) => show(host, host.given));
}
