// @ts-check
// "Eyes up here": the screens of the class are dimmed while the lecturer asks for it; those of readers who
// explore on their own as well, for it is said to people, and they find their page again as they left it.

const SENTENCE = "Eyes up here: this screen comes back when the lecturer goes on.";

/** What covers the page, but not the bar of the room: who wants to can leave. */
export class Frozen {
  /** @param {HTMLElement} room what stays */
  constructor(room) {
    this.room = room;
    this.cover = document.createElement("p");
    this.cover.className = "room-eyes";
    this.cover.setAttribute("role", "alert");
    this.cover.hidden = true;
    room.append(this.cover);
    /** What had the focus. @type {Element | null} */
    this.focused = null;
    // The page's own keys; those of the browser, and of what has the focus in the bar, do what they do.
    addEventListener("keydown", (event) => {
      const inside = event.target instanceof Node && room.contains(event.target);
      if (!this.cover.hidden && !inside) event.stopImmediatePropagation();
    }, true);
  }

  /** @param {boolean} frozen */
  show(frozen) {
    if (frozen === !this.cover.hidden) {
      if (frozen) this.rest(true); // what the page has added since
      return;
    }
    if (frozen) {
      this.focused = document.activeElement;
      for (const dialog of document.querySelectorAll("dialog[open]")) {
        if (dialog instanceof HTMLDialogElement) dialog.close();
      }
    }
    this.cover.hidden = !frozen;
    this.cover.textContent = frozen ? SENTENCE : "";
    this.rest(frozen);
    if (!frozen && this.focused instanceof HTMLElement && this.focused.isConnected) this.focused.focus();
  }

  /** @param {boolean} inert whether nothing of the page can be reached */
  rest(inert) {
    for (const part of document.body.children) {
      if (part instanceof HTMLElement && part !== this.room) part.inert = inert;
    }
  }
}
