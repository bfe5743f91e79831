// @ts-check
// What a saved picture says of itself, in its file: text chunks of PNG, elements of SVG. Pure.

/** What is said, by keyword: Title, Description, Software, Source. @typedef {Record<string, string>} Said */

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** The check of a PNG's chunk. @param {Uint8Array} bytes */
export function crc(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** @param {Uint8Array[]} parts */
export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {string} text */
const latin = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/**
 * A PNG's chunk.
 * @param {string} kind
 * @param {Uint8Array} body
 */
function chunk(kind, body) {
  const named = joined([latin(kind), body]);
  const frame = new Uint8Array(8);
  new DataView(frame.buffer).setUint32(0, body.length);
  new DataView(frame.buffer).setUint32(4, crc(named));
  return joined([frame.subarray(0, 4), named, frame.subarray(4)]);
}

/**
 * A text of a PNG: tEXt, or iTXt where Latin-1 has not all of its letters.
 * @param {string} keyword
 * @param {string} text
 */
function textChunk(keyword, text) {
  const plain = [...text].every((letter) => letter.charCodeAt(0) < 256 && letter.length === 1);
  const none = new Uint8Array(1);
  return plain
    ? chunk("tEXt", joined([latin(keyword), none, latin(text)]))
    : chunk("iTXt", joined([latin(keyword), new Uint8Array(5), new TextEncoder().encode(text)])); // uncompressed, no language
}

const IHDR_END = 33; // bytes of a PNG's signature and its first chunk

/**
 * A PNG with texts in it.
 * @param {Uint8Array} png
 * @param {Said} said
 */
export function stampPng(png, said) {
  const texts = Object.entries(said).filter(([, text]) => text).map(([keyword, text]) => textChunk(keyword, text));
  return joined([png.subarray(0, IHDR_END), ...texts, png.subarray(IHDR_END)]);
}

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[letter] ?? "");

/**
 * An SVG with a title, a description and metadata in it.
 * @param {string} svg
 * @param {Said} said
 */
export function stampSvg(svg, said) {
  const { Title = "", Description = "", ...rest } = said;
  const metadata = Object.entries(rest).filter(([, text]) => text).map(([keyword, text]) => `${keyword}: ${text}`).join("\n");
  const head = `<title>${escaped(Title)}</title><desc>${escaped(Description)}</desc><metadata>${escaped(metadata)}</metadata>`;
  return svg.replace(/<svg[^>]*>/, (begin) => begin + head);
}
