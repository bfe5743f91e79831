// @ts-check
// Light or dark: as the reader's system has it, until the button says otherwise.

import { part } from "../dom.js";

/** Follow the system, and the button. */
export function dress() {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { root.dataset.theme = dark.matches ? "dark" : "light"; };
  follow();
  dark.addEventListener("change", follow);
  part(document, ".file-theme", HTMLButtonElement).addEventListener("click", () => {
    dark.removeEventListener("change", follow);
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  });
}
