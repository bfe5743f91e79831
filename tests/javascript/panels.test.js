import assert from "node:assert/strict";
import { test } from "node:test";

import { least, lines, rows, stack, suit } from "../../emergence/ui/browser/panels.js";

const measure = (text, size) => 0.6 * size * text.length;
const two = () => ({
  font: { size: 15 }, title: { text: "A title of many words", font: { size: 17 } }, margin: { l: 62, r: 12, t: 40, b: 52 },
  annotations: [{ text: "a note", font: { size: 14 } }],
  xaxis: { domain: [0, 0.45], anchor: "y", title: { text: "time" } }, yaxis: { anchor: "x", title: { text: "u" }, domain: [0.5, 1] },
  xaxis2: { domain: [0, 0.45], anchor: "y2" }, yaxis2: { anchor: "x2", title: { text: "pairs" }, domain: [0, 0.4] },
  xaxis3: { domain: [0.55, 1], anchor: "y3" }, yaxis3: { anchor: "x3", title: { text: "" }, showticklabels: false, domain: [0.5, 1] },
  xaxis4: { domain: [0.55, 1], anchor: "y4" }, yaxis4: { anchor: "x4", title: { text: "" }, domain: [0, 0.4] },
});
const room = (width, height, more = {}) => ({ width, height, letters: 1, colour: "black", family: "Arial", measure, ...more });

test("a text breaks at spaces, not within its tags, and tags take no room", () => {
  const count = (text) => text.length;
  assert.deepEqual(lines("one two three", 8, count), ["one two", "three"]);
  assert.deepEqual(lines("<span style='color:red'>one two</span>", 20, count), ["<span style='color:red'>one two</span>"]);
  assert.deepEqual(lines("one<br>two", 20, count), ["one", "two"]);
  assert.deepEqual(lines("", 20, count), []);
});

test("panels beside each other stand below each other where they have no room", () => {
  assert.equal(rows(two(), 350), 4);
  assert.equal(rows(two(), 800), 0);
  const layout = two();
  stack(layout);
  const domains = [1, 2, 3, 4].map((i) => layout[`yaxis${i > 1 ? i : ""}`].domain);
  for (let i = 1; i < 4; i += 1) assert.ok(domains[i][1] < domains[i - 1][0], "none covers another");
  assert.ok(domains[0][1] === 1 && domains[3][0] === 0);
  for (const key of ["xaxis", "xaxis2", "xaxis3", "xaxis4"]) assert.deepEqual(layout[key].domain, [0, 1]);
});

test("a panel says itself what its neighbour said for both", () => {
  const layout = two();
  stack(layout);
  assert.equal(layout.yaxis3.title.text, "u");
  assert.equal(layout.yaxis3.showticklabels, true);
  assert.equal(layout.yaxis4.title.text, "pairs");
});

test("titles that are too long break, and the margins make room for them", () => {
  const [wide, narrow] = [two(), two()];
  suit(wide, room(1200, 800));
  suit(narrow, room(150, 800));
  assert.equal(wide.title.text, "A title of many words");
  assert.ok(narrow.title.text.includes("<br>"));
  assert.ok(narrow.margin.t > wide.margin.t);
  assert.equal(wide.showlegend, false);
});

test("letters of a small window are small, and none is too small", () => {
  const layout = two();
  suit(layout, room(380, 360, { letters: 0.8 }));
  assert.equal(layout.font.size, 12);
  assert.ok(layout.annotations[0].font.size >= 11);
});

test("no more ticks than have room, and no more than were asked for", () => {
  const layout = {
    ...two(), xaxis: { type: "log", range: [0, 12], dtick: 1, anchor: "y" }, yaxis: { range: [0, 1], nticks: 9 },
    xaxis2: { domain: [0, 1], dtick: "D2", type: "log", range: [0, 1], anchor: "y2" }, yaxis2: { tickvals: [0, 1, 2, 3], ticktext: ["1", "2", "4", "8"] },
  };
  delete layout.xaxis3;
  delete layout.xaxis4;
  suit(layout, room(300, 150));
  assert.ok(layout.xaxis.dtick >= 3);
  assert.ok(layout.yaxis.nticks <= 3);
  assert.equal(layout.xaxis2.dtick, "D2");
  assert.equal(layout.yaxis2.tickvals.length, layout.yaxis2.ticktext.length);
  assert.ok(layout.yaxis2.tickvals.length < 4);
});

test("a picture asks for the height in which its panels are read and no title lies on another panel", () => {
  const layout = () => ({
    font: { size: 20 }, title: { text: "", font: { size: 22 } }, margin: { l: 62, r: 12, t: 40, b: 52 },
    xaxis: { anchor: "y", domain: [0, 1], title: { text: "" }, showticklabels: false }, yaxis: { anchor: "x", title: { text: "overlap u" }, domain: [0.575, 0.93] },
    xaxis2: { anchor: "y2", domain: [0, 1], title: { text: "time" } }, yaxis2: { anchor: "x2", title: { text: "signal" }, domain: [0.34, 0.51] },
    xaxis3: { anchor: "y3", domain: [0, 1], title: { text: "u d" } }, yaxis3: { anchor: "x3", title: { text: "pairs" }, domain: [0, 0.165] },
  });
  const suited = layout();
  suit(suited, room(600, 300));
  const height = least(suited, measure);
  const inner = height - suited.margin.t - suited.margin.b;
  for (const axis of [suited.yaxis, suited.yaxis2, suited.yaxis3]) {
    assert.ok((axis.domain[1] - axis.domain[0]) * inner >= 3.2 * 20 - 1e-9, "some lines high");
    for (const word of axis.title.text.split(/ |<br>/)) assert.ok((axis.domain[1] - axis.domain[0]) * inner >= measure(word, 20));
  }
  assert.ok((0.34 - 0.165) * inner >= 20 * (1.25 + 1.25), "ticks and title of the time axis above the lowest panel");
  const single = { ...layout(), xaxis2: undefined, yaxis2: undefined, xaxis3: undefined, yaxis3: undefined };
  for (const key of ["xaxis2", "yaxis2", "xaxis3", "yaxis3"]) delete single[key];
  single.yaxis.domain = [0, 1];
  assert.ok(least(single, measure) < 300, "one panel needs little");
});
