import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync, deflateSync, crc32 } from "node:zlib";

import { crc, joined, stampPng, stampSvg } from "../../emergence/ui/browser/stamped.js";
import { withDuration } from "../../emergence/ui/browser/webm.js";

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

test("a film has its length in it, and all else as it was", () => {
  const before = film(...SCALE, ...APP);
  const after = withDuration(before, 12_500);
  const info = HEAD.length + OPEN.length;
  assert.deepEqual([...after.subarray(0, info + 4)], [...before.subarray(0, info + 4)]);
  const size = new DataView(after.buffer).getBigUint64(info + 4) & ((1n << 56n) - 1n);
  assert.equal(Number(size), SCALE.length + APP.length + 11);
  const body = after.subarray(info + 12, info + 12 + Number(size));
  assert.deepEqual([...body.subarray(0, 12)], [...SCALE, ...APP]);
  assert.deepEqual([...body.subarray(12, 15)], [0x44, 0x89, 0x88]);
  assert.equal(new DataView(body.buffer, body.byteOffset + 15).getFloat64(0), 12_500);
  assert.deepEqual([...after.subarray(-CLUSTER.length)], CLUSTER);
  assert.deepEqual(withDuration(after, 99), after, "a film that has one keeps it");
});

test("what is no such film stays as it is", () => {
  for (const other of [Uint8Array.from([]), bytes("ftypmp42"), Uint8Array.from(HEAD), Uint8Array.from([...HEAD, ...OPEN])]) {
    assert.equal(withDuration(other, 5), other);
  }
});
