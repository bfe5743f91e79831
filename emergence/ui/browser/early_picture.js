// @ts-check
// A lesson's picture is drawn when its figure comes, where it stands already. Streamlit would hand it
// over once it has drawn all that has come with it, which takes longer than the picture does.

import { showEarly } from "./picture.js";

/** What ui/picture.py sends, among Streamlit's own: the first and the last of it are known. */
const SENT = /\{"figure": ".*"place": "[\w ]+"\}/s;
/** The name that Streamlit gives a message at its begin; and where, at its end, it sends a name in the place of one that it has sent before. */
const NAMED = /^\n ([0-9a-f]{32})/;
const AGAIN = /Z ([0-9a-f]{32})$/;
const KEPT = 32;

/** What has been sent, by its message's name. @type {Map<string, import("./types.js").Shown>} */
const before = new Map();

/**
 * What a message says of a lesson's picture, if it does.
 * @param {unknown} message
 * @returns {import("./types.js").Shown | null}
 */
export function pictureIn(message) {
  if (!(message instanceof ArrayBuffer)) return null;
  const text = new TextDecoder().decode(message);
  const again = AGAIN.exec(text);
  if (again) return before.get(again[1]) ?? null;
  const found = SENT.exec(text);
  if (!found) return null;
  const shown = JSON.parse(found[0]);
  const name = NAMED.exec(text);
  if (name) before.set(name[1], shown);
  for (const [oldest] of before) if (before.size > KEPT) before.delete(oldest);
  return shown;
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
