// @ts-check
// Printed, or saved as PDF: the page as it is on the screen, on one sheet of its own size.
// The teacher's guide is for a printer's own paper (guide.css).

const SHEET = "emergence-lab-sheet";
// Letters break a little differently on paper: room for some more lines.
const SLACK = 1.03;
const MARGIN = 60;

/** The size of all that the page shows, menus apart. */
function shown() {
  const alone = document.querySelector(".lab-alone");
  if (alone) return { width: window.innerWidth, height: window.innerHeight };
  const content = document.querySelector(".stMainBlockContainer");
  return { width: content?.clientWidth ?? window.innerWidth, height: content?.scrollHeight ?? window.innerHeight };
}

/** A sheet as large as the page: nothing is laid out anew, so that no picture is cropped. */
function lay() {
  if (document.querySelector(".st-key-guide")) return;
  const { width, height } = shown();
  document.getElementById(SHEET)?.remove();
  const style = document.createElement("style");
  style.id = SHEET;
  const letters = getComputedStyle(document.documentElement).fontSize;
  style.textContent = `@page { size: ${Math.ceil(width)}px ${Math.ceil(height * SLACK) + MARGIN}px; margin: 0; }
    @media print {
      html { font-size: ${letters} !important; }
      .stMainBlockContainer { width: ${width}px !important; max-width: none !important; }
    }`;
  document.head.append(style);
  // Their heights follow the window's, which is the sheet's while it is printed.
  for (const each of pictures()) each.style.height = `${each.clientHeight}px`;
}

/** @returns {NodeListOf<HTMLElement>} */
const pictures = () => document.querySelectorAll(".picture-frame, .lab-plot");

function lift() {
  document.getElementById(SHEET)?.remove();
  for (const each of pictures()) each.style.height = "";
}

let ready = false;

/** From now on the page prints like that; more than once is as good as once. */
export function printWhole() {
  if (ready) return;
  ready = true;
  window.addEventListener("beforeprint", lay);
  window.addEventListener("afterprint", lift);
}
