// @ts-check
// A lesson's picture is drawn when its figure comes, where it stands already. Streamlit would hand it
// over once it has drawn all that has come with it, which takes longer than the picture does.

import { showEarly } from "./picture.js";

/** What ui/picture.py sends, among Streamlit's own: the first and the last of it are known. */
const SENT = /\{"figure": ".*"place": "[\w ]+"\}/s;

/**
 * What a message says of a lesson's picture, if it does.
 * @param {unknown} message
 * @returns {import("./types.js").Shown | null}
 */
export function pictureIn(message) {
  const found = message instanceof ArrayBuffer && SENT.exec(new TextDecoder().decode(message));
  return found ? JSON.parse(found[0]) : null;
}

/** From now on, on every connection that the page makes. */
export function picturesEarly() {
  const { WebSocket } = window;
  window.WebSocket = class extends WebSocket {
    /** @param {ConstructorParameters<typeof WebSocket>} given */
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        const sent = pictureIn(data);
        if (sent) showEarly(sent);
      });
    }
  };
}
