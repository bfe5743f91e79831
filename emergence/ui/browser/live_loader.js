// @ts-check
// What Streamlit runs of the live component: it hands the viewer's module the latest experiment.

/** @typedef {import("./types.js").Given} Given */

/** @param {{data: Given, parentElement: HTMLElement}} component */
export default function load({ data, parentElement }) {
  /** @type {(HTMLElement & {given?: Given}) | null} */
  const host = parentElement.querySelector(".lab");
  if (!host) return;
  host.given = data;
  import(`${window.location.origin}${data.module}`).then(({ show }) => show(host, host.given));
}
