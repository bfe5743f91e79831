// @ts-check
// Parts of an element that are known to be there.

/**
 * A button for each label.
 * @param {string[]} labels
 * @param {(label: string) => void} press
 */
export const buttons = (labels, press) => labels.map((textContent) => {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent });
  button.addEventListener("click", () => press(textContent));
  return button;
});

/**
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T}
 */
export function part(root, selector, kind) {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
}
