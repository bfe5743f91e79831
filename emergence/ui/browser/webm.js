// @ts-check
// A film as the browser's recorder gives it may have no length written in it, without which players cannot seek, and does
// not say what it shows. Pure.

import { joined } from "./stamped.js";

const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const SCALE = 0x2ad7b1;
const DURATION = 0x4489;
const [TAGS, TAG, TARGETS, SIMPLE, NAME, STRING] = [0x1254c367, 0x7373, 0x63c0, 0x67c8, 0x45a3, 0x4487];
const [HEAD, SEEK, WHICH, WHERE, VOID] = [0x114d9b74, 0x4dbb, 0x53ab, 0x53ac, 0xec];

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

/** @param {number} id */
const numbered = (id) => Uint8Array.from(id.toString(16).match(/.{2}/g) ?? [], (byte) => parseInt(byte, 16));

/** In eight bytes. @param {number} number */
function long(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

/** A size of eight bytes. @param {number} size */
function sized(size) {
  const bytes = long(size);
  bytes[0] = 1;
  return bytes;
}

/**
 * An element as bytes.
 * @param {number} id
 * @param {Uint8Array[]} content
 */
function written(id, ...content) {
  const body = joined(content);
  return joined([numbered(id), body.length < 127 ? Uint8Array.of(128 | body.length) : sized(body.length), body]);
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
  const duration = new Uint8Array(8);
  new DataView(duration.buffer).setFloat64(0, (milliseconds * 1e6) / (nanoseconds || 1e6));
  const whole = written(INFO, film.subarray(info.from, info.to), written(DURATION, duration));
  return joined([film.subarray(0, info.at), whole, film.subarray(info.to)]);
}

/**
 * The same film with a tag for each thing that is said of it; as it is where it is not built as expected.
 * @param {Uint8Array} film
 * @param {import("./stamped.js").Said} said
 */
export function tagged(film, said) {
  const segment = find(film, 0, film.length, SEGMENT);
  const info = segment && find(film, segment.from, segment.to, INFO);
  if (!segment || !info || info.open) return film;
  const text = new TextEncoder();
  const each = Object.entries(said).filter(([, value]) => value).map(([name, value]) => (
    written(SIMPLE, written(NAME, text.encode(name.toUpperCase())), written(STRING, text.encode(value)))
  ));
  const tags = written(TAGS, written(TAG, written(TARGETS), ...each));
  if (segment.open) return joined([film.subarray(0, info.to), tags, film.subarray(info.to)]);
  if (segment.to !== film.length || segment.from - segment.at !== 12) return film;
  const whole = joined([film, tags]); // nothing moves: the film says where its parts are
  whole.set(sized(whole.length - segment.from), segment.from - 8);
  announce(whole, segment.from, film.length);
  return whole;
}

/**
 * Say at a film's beginning where its tags are, where room is left for that.
 * @param {Uint8Array} film
 * @param {number} from where its parts begin
 * @param {number} at where its tags do
 */
function announce(film, from, at) {
  const head = element(film, from);
  const room = head && element(film, head.to);
  if (head?.id !== HEAD || room?.id !== VOID) return;
  const entry = written(SEEK, written(WHICH, numbered(TAGS)), written(WHERE, long(at - from)));
  const size = head.to - head.from + entry.length;
  const left = room.to - room.at - entry.length - 2;
  if (head.from - head.at !== 5 || size >= 127 || left < 0 || left >= 127) return;
  film[head.from - 1] = 128 | size;
  film.set([...entry, VOID, 128 | left], head.to);
}
