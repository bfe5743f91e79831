// @ts-check
// What Streamlit runs of a lesson's picture: its height at once, its figure when the module is there.

/** @param {{data: import("./types.js").Shown, parentElement: HTMLElement, setTriggerValue: (name: "marker", value: number) => void}} component */
export default function load({ data, parentElement, setTriggerValue }) {
  /** @type {(HTMLElement & {tell?: typeof setTriggerValue}) | null} */
  const host = parentElement.querySelector(".picture");
  if (!host) return;
  host.tell = setTriggerValue;
  host.parentElement?.classList.toggle("picture-low", data.low);
  const address = new URL(data.module, Reflect.get(window, "emergenceRoot")).href;
  import(address).then(({ picture }) => picture.show(host, data)).catch((error) => {
    host.textContent = `This picture cannot be shown (${error.message}). Reload the page to try again; if that does not help, the server does not answer at ${address}.`;
  });
}
