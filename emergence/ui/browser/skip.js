// @ts-check
// Play as the page's first Tab stop: the sidebar comes before the pictures, and has many.

/**
 * A button before everything else, seen while it has the focus; it goes when the component does.
 * @param {HTMLElement} host
 * @param {() => void} toggle
 */
export function playFirst(host, toggle) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "lab-skip", textContent: "Play or pause" });
  button.addEventListener("click", toggle);
  document.body.prepend(button);
  const watch = new MutationObserver(() => {
    if (host.isConnected) return;
    button.remove();
    watch.disconnect();
  });
  watch.observe(document.body, { childList: true, subtree: true });
}
