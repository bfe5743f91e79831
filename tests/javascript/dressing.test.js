import assert from "node:assert/strict";
import { test } from "node:test";

import { decades, dressed, letters } from "../../emergence/ui/browser/dressing.js";

const room = (width, height, more = {}) => ({ width, height, hero: true, lecture: false, colour: "#000", family: "Arial", ...more });
const layout = () => ({
  font: { size: 15 }, title: { text: "Overlaps", font: { size: 17 } }, margin: {}, showlegend: true,
  annotations: [{ text: "no slope", font: { size: 13 } }],
  xaxis: { type: "log", range: [0, 12], dtick: 1, title: { text: "steps" } },
  yaxis: { title: { text: "u" }, range: [0, 1], domain: [0.3, 1] }, yaxis2: { range: [-2, 0], domain: [0, 0.2] },
});

test("in a lecture no letter is smaller than 18 pixels on a projector, nor on anything smaller", () => {
  for (const [width, height] of [[1880, 900], [1240, 600], [380, 400]]) {
    assert.ok(letters(room(width, height, { lecture: true })) >= 18);
  }
});

test("a picture's letters grow with it", () => {
  const sizes = [300, 600, 900, 1200, 1800].map((width) => letters(room(width, width / 2, { lecture: true })));
  assert.deepEqual(sizes, [...sizes].sort((a, b) => a - b));
  assert.ok(letters(room(300, 180, { hero: false })) <= 13);
});

test("decades have room for their names", () => {
  assert.equal(decades([0, 3], 300, 40), 1);
  assert.equal(decades([0, 12], 100, 40), 5);
});

test("the large picture has titles at its axes, a small one none, and neither has a legend", () => {
  const large = dressed("loss", layout(), room(900, 500));
  assert.equal(large.xaxis.title.text, "steps");
  assert.equal(large.showlegend, false);
  assert.equal(large.annotations.length, 1);
  const small = dressed("loss", layout(), room(300, 180, { hero: false }));
  assert.equal(small.xaxis.title.text, "");
  assert.deepEqual(dressed("norms", layout(), room(300, 180, { hero: false })).annotations, []);
  assert.deepEqual(small.annotations.map(({ text, yref }) => [text, yref]), [["slope", "y2 domain"]]);
  assert.notEqual(small.yaxis2.showticklabels, false, "the slope has numbers in a small picture too");
  assert.ok(small.xaxis.dtick > 1);
});

test("what Python built is left as it is", () => {
  const given = layout();
  dressed("loss", given, room(900, 500));
  assert.deepEqual(given, layout());
});
