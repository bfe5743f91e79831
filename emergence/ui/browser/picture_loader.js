// @ts-check
// What Streamlit runs of a lesson's picture: its height at once, its figure when the module is there.

/** @param {{data: import("./types.js").Shown, parentElement: HTMLElement, setTriggerValue: (name: "marker", value: number) => void}} component */
export default function load({ data, parentElement, setTriggerValue }) {
  /** @type {(HTMLElement & {tell?: typeof setTriggerValue}) | null} */
  const host = parentElement.querySelector(".picture");
  if (!host) return;
  host.tell = setTriggerValue;
  host.parentElement?.classList.toggle("picture-low", data.low);
  import(`${window.location.origin}${data.module}`).then(({ show }) => show(host, data));
}
