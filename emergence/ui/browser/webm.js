// @ts-check
// A film as the browser's recorder gives it has no length written in it: players then cannot seek. Pure.

import { joined } from "./stamped.js";

const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const SCALE = 0x2ad7b1;
const DURATION = 0x4489;

/**
 * An element of a WebM file: where it begins, its content does, and it ends.
 * @typedef {{id: number, at: number, from: number, to: number, open: boolean}} Element
 */

/**
 * The element at a place.
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {Element | null}
 */
function element(bytes, at) {
  const idLength = Math.clz32(bytes[at] ?? 0) - 23;
  const sizeLength = Math.clz32(bytes[at + idLength] ?? 0) - 23;
  const from = at + idLength + sizeLength;
  if (idLength < 1 || idLength > 4 || sizeLength < 1 || sizeLength > 8 || from > bytes.length) return null;
  let id = 0;
  for (let i = at; i < at + idLength; i += 1) id = id * 256 + bytes[i];
  let size = bytes[at + idLength] & (255 >> sizeLength);
  let open = size === 255 >> sizeLength;
  for (let i = at + idLength + 1; i < from; i += 1) {
    open &&= bytes[i] === 255;
    size = size * 256 + bytes[i];
  }
  return { id, at, from, to: open ? bytes.length : Math.min(from + size, bytes.length), open };
}

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} to
 * @param {number} id
 */
function find(bytes, from, to, id) {
  for (let at = from; at < to;) {
    const found = element(bytes, at);
    if (!found) return null;
    if (found.id === id) return found;
    at = found.to;
  }
  return null;
}

/** A size of eight bytes. @param {number} size */
function sized(size) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(size) | (1n << 56n));
  return bytes;
}

/**
 * The same film with its length in it; as it is where it has one, or is not built as expected.
 * @param {Uint8Array} film
 * @param {number} milliseconds
 */
export function withDuration(film, milliseconds) {
  const segment = find(film, 0, film.length, SEGMENT);
  const info = segment && find(film, segment.from, segment.to, INFO);
  if (!segment || !info || !segment.open || info.open || find(film, info.from, info.to, DURATION)) return film;
  const scale = find(film, info.from, info.to, SCALE);
  let nanoseconds = 0;
  for (const byte of film.subarray(scale?.from ?? 0, scale?.to ?? 0)) nanoseconds = nanoseconds * 256 + byte;
  const duration = new Uint8Array(11);
  duration.set([0x44, 0x89, 0x88]);
  new DataView(duration.buffer).setFloat64(3, (milliseconds * 1e6) / (nanoseconds || 1e6));
  const head = film.subarray(info.at, info.at + 4);
  const body = joined([film.subarray(info.from, info.to), duration]);
  return joined([film.subarray(0, info.at), head, sized(body.length), body, film.subarray(info.to)]);
}
