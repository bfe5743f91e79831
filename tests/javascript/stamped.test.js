import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync, deflateSync, crc32 } from "node:zlib";

import { crc, joined, stampPng, stampSvg } from "../../emergence/ui/browser/stamped.js";
import { tagged, withDuration } from "../../emergence/ui/browser/webm.js";

const bytes = (text) => Uint8Array.from(Buffer.from(text, "latin1"));

/** The chunks of a PNG, their checks held against Node's own. */
function chunks(png) {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const found = [];
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at);
    const kind = Buffer.from(png.subarray(at + 4, at + 8)).toString("latin1");
    assert.equal(view.getUint32(at + 8 + length), crc32(png.subarray(at + 4, at + 8 + length)), kind);
    found.push([kind, png.subarray(at + 8, at + 8 + length)]);
    at += 12 + length;
  }
  return found;
}

function chunk(kind, body) {
  const named = joined([bytes(kind), body]);
  const frame = new Uint8Array(8);
  new DataView(frame.buffer).setUint32(0, body.length);
  new DataView(frame.buffer).setUint32(4, crc32(named));
  return joined([frame.subarray(0, 4), named, frame.subarray(4)]);
}

/** One black pixel. */
const PIXEL = joined([
  bytes("\x89PNG\r\n\x1a\n"), chunk("IHDR", bytes("\0\0\0\x01\0\0\0\x01\x08\0\0\0\0")),
  chunk("IDAT", Uint8Array.from(deflateSync(Buffer.from([0, 0])))), chunk("IEND", new Uint8Array(0)),
]);

test("the check of a chunk is that of everybody", () => {
  assert.equal(crc(bytes("123456789")), 0xcbf43926);
});

test("a PNG says what it shows, in tEXt where Latin-1 has its letters and else in iTXt", () => {
  const stamped = stampPng(PIXEL, { Title: "Überlapp", Description: "β = 1, J = 4", Software: "emergence-lab", Source: "" });
  const found = chunks(stamped);
  assert.deepEqual(found.map(([kind]) => kind), ["IHDR", "tEXt", "iTXt", "tEXt", "IDAT", "IEND"]);
  assert.equal(Buffer.from(found[1][1]).toString("latin1"), "Title\0Überlapp");
  assert.equal(Buffer.from(found[2][1]).toString("utf8"), "Description\0\0\0\0\0β = 1, J = 4");
  assert.deepEqual([...inflateSync(found[4][1])], [0, 0]);
  assert.deepEqual(chunks(PIXEL).length, 3, "what is given stays as it is");
});

test("an SVG says it in its title, description and metadata", () => {
  const svg = stampSvg('<svg class="main-svg" width="10"><g/></svg>', { Title: "a < b", Description: "c & d", Software: "x", Source: "http://y/?a=1&b=2" });
  assert.equal(svg, '<svg class="main-svg" width="10"><title>a &lt; b</title><desc>c &amp; d</desc><metadata>Software: x\nSource: http://y/?a=1&amp;b=2</metadata><g/></svg>');
});

const HEAD = [0x1a, 0x45, 0xdf, 0xa3, 0x84, 0x42, 0x86, 0x81, 0x01];
const OPEN = [0x18, 0x53, 0x80, 0x67, 0x01, 255, 255, 255, 255, 255, 255, 255];
const SCALE = [0x2a, 0xd7, 0xb1, 0x83, 0x0f, 0x42, 0x40];
const APP = [0x4d, 0x80, 0x82, 0x65, 0x6c];
const CLUSTER = [0x1f, 0x43, 0xb6, 0x75, 0x83, 1, 2, 3];
const film = (...info) => Uint8Array.from([...HEAD, ...OPEN, 0x15, 0x49, 0xa9, 0x66, 0x80 | info.length, ...info, ...CLUSTER]);

/** The elements of a film, by a reader of its own: [number, content]. */
function elements(film) {
  const found = [];
  for (let at = 0; at < film.length;) {
    const wide = (byte) => byte.toString(2).padStart(8, "0").indexOf("1") + 1;
    const hex = (start, end) => Buffer.from(film.subarray(start, end)).toString("hex");
    const size = at + wide(film[at]);
    const body = size + wide(film[size]);
    const length = BigInt(`0x${hex(size, body)}`) & ((1n << BigInt(7 * (body - size))) - 1n);
    const end = /^01f{14}$/.test(hex(size, body)) ? film.length : body + Number(length);
    assert.ok(end <= film.length, "an element ends within the other");
    found.push([hex(at, size), film.subarray(body, end)]);
    at = end;
  }
  return found;
}

const SAID = { Title: "Überlapp", Description: "β = 1, seed = 3, ".repeat(20), Software: "emergence-lab", Source: "" };

/** What a film's tags say. */
function tags(content) {
  const [[tag, inside]] = elements(content);
  const [[targets, ofAll], ...each] = elements(inside);
  assert.deepEqual([tag, targets, ofAll.length], ["7373", "63c0", 0]);
  return each.map(([simple, pair]) => [simple, ...elements(pair).map(([kind, text]) => `${kind} ${Buffer.from(text)}`)]);
}
const SPOKEN = [
  ["67c8", "45a3 TITLE", "4487 Überlapp"], ["67c8", "45a3 DESCRIPTION", `4487 ${SAID.Description}`],
  ["67c8", "45a3 SOFTWARE", "4487 emergence-lab"],
];

test("a film has its length and what it shows in it, and all else as it was", () => {
  const after = withDuration(film(...SCALE, ...APP), 12_500);
  assert.deepEqual([...after.subarray(0, HEAD.length + OPEN.length)], [...HEAD, ...OPEN]);
  const [, [, whole]] = elements(after);
  const [[info, about], ...rest] = elements(whole);
  assert.deepEqual([info, ...rest.map(([name]) => name)], ["1549a966", "1f43b675"]);
  assert.deepEqual(elements(about).map(([name]) => name), ["2ad7b1", "4d80", "4489"]);
  assert.equal(Buffer.from(elements(about)[2][1]).readDoubleBE(), 12_500);
  assert.deepEqual(withDuration(after, 99), after, "a film that has one keeps it");
  const parts = elements(elements(tagged(after, SAID))[1][1]);
  assert.deepEqual(parts.map(([name]) => name), ["1549a966", "1254c367", "1f43b675"]);
  assert.deepEqual([parts[0][1], parts[2][1]], [about, rest[0][1]]);
  assert.deepEqual(tags(parts[1][1]), SPOKEN);
});

/** A film whose length is known, with room of so many bytes after the list of its parts. */
function closed(room) {
  const seek = [0x11, 0x4d, 0x9b, 0x74, 0x8e, 0x4d, 0xbb, 0x8b, 0x53, 0xab, 0x84, 0x1f, 0x43, 0xb6, 0x75, 0x53, 0xac, 0x81, 99];
  const parts = [...seek, 0xec, 0x80 | room, ...Array(room).fill(0), 0x15, 0x49, 0xa9, 0x66, 0x87, ...SCALE, ...CLUSTER];
  return Uint8Array.from([...HEAD, ...OPEN.slice(0, 4), 1, 0, 0, 0, 0, 0, 0, parts.length, ...parts]);
}

test("in a film that says where its parts are nothing moves, and it says where its tags are", () => {
  for (const room of [45, 21, 20, 0]) {
    const before = closed(room);
    const after = tagged(before, SAID);
    const [, [, whole]] = elements(after);
    const parts = elements(whole);
    assert.deepEqual(parts.map(([name]) => name), ["114d9b74", "ec", "1549a966", "1f43b675", "1254c367"]);
    assert.deepEqual(tags(parts[4][1]), SPOKEN);
    const moved = before.indexOf(0x15, HEAD.length);
    assert.deepEqual(after.subarray(moved, before.length), before.subarray(moved));
    const seeks = elements(parts[0][1]).map(([, pair]) => elements(pair).map(([, bytes_]) => Buffer.from(bytes_).toString("hex")));
    assert.equal(seeks.length, room >= 21 ? 2 : 1, "where there is room");
    if (room < 21) continue;
    const [name, place] = seeks[1];
    assert.equal(name, "1254c367");
    assert.deepEqual(elements(whole.subarray(Number(`0x${place}`)))[0], parts[4]);
  }
});

test("what is no such film stays as it is", () => {
  for (const other of [Uint8Array.from([]), bytes("ftypmp42"), Uint8Array.from(HEAD), Uint8Array.from([...HEAD, ...OPEN])]) {
    assert.equal(withDuration(other, 5), other);
    assert.equal(tagged(other, SAID), other);
  }
});
