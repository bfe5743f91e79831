// @ts-check
// What a page carries in itself: blocks of base64, deflated. Python packs them (see `ui/alone/page.py`).

/**
 * The text of a block.
 * @param {string} id
 */
export function block(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`this file has no ${id}: it is not whole`);
  return found.textContent ?? "";
}

/**
 * The bytes that a text of base64 has deflated.
 * @param {string} text
 */
export async function inflated(text) {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("this browser is too old for this file: Chromium 103, Firefox 113 or Safari 16.4 can open it");
  }
  const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * The bytes of a block.
 * @param {string} id
 */
export const unpacked = (id) => inflated(block(id));

/**
 * The text of a packed block.
 * @param {string} id
 */
export const unpackedText = async (id) => new TextDecoder().decode(await unpacked(id));
