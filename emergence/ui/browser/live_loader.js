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
  const address = new URL(data.module, Reflect.get(window, "emergenceRoot")).href;
  import(address).then(({ live }) => live.show(host, host.given)).catch((error) => {
    host.textContent = `The pictures cannot be shown (${error.message}). Reload the page to try again; if that does not help, the server does not answer at ${address}.`;
  });
}
