// @ts-check
// What Streamlit runs of a lesson's picture: its height at once, its figure when the module is there.

/** @param {{data: import("./types.js").Shown, parentElement: HTMLElement}} component */
export default function load({ data, parentElement }) {
  const host = parentElement.querySelector(".picture");
  if (!host) return;
  host.parentElement?.classList.toggle("picture-low", data.low);
  import(`${window.location.origin}${data.module}`).then(({ show }) => show(host, data));
}
