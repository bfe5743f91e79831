import assert from "node:assert/strict";
import { test } from "node:test";

import { played } from "../../emergence/ui/browser/film.js";
import { frame, framed, PROJECTOR } from "../../emergence/ui/browser/framing.js";
import { fileName } from "../../emergence/ui/browser/saving.js";

const measure = (text, size) => 0.5 * size * text.length;
const SAID = { title: "Loss", caption: ["d = 64, P = 8", "x".repeat(300).replaceAll("xxxxx", "xxxx ")] };

test("a frame leaves the picture what title and caption do not take", () => {
  const around = frame(SAID, PROJECTOR, measure);
  assert.deepEqual([around.head.length, around.foot.length], [1, 3]);
  assert.ok(Math.abs(around.inner.height + around.top + around.bottom - 1080) < 1e-9);
  assert.ok(around.small >= 18, "letters that are read from the back row");
  for (const line of around.foot) assert.ok(measure(line, around.small) <= 1920);
  assert.equal(frame({ title: "", caption: ["a"] }, PROJECTOR, measure).top, 0);
});

test("a framed layout keeps the picture's place and says what it is literally", () => {
  const around = frame({ title: "a < b & c", caption: ["u"] }, PROJECTOR, measure);
  const layout = { margin: { l: 50, r: 10, t: 5, b: 40 }, annotations: [{ text: "own" }], font: {}, title: {} };
  const whole = framed(layout, around);
  assert.deepEqual([whole.width, whole.height], [1920, 1080]);
  assert.equal(whole.height - whole.margin.t - whole.margin.b, around.inner.height - 45, "the same room for the lines");
  assert.deepEqual(whole.annotations.map(({ text }) => text), ["own", "u", "a &lt; b &amp; c"]);
  assert.equal(layout.margin.b, 40, "what is given stays as it is");
});

test("a film begins with the start, ends with the end, and rests there", () => {
  assert.equal(played(0, 12), 0);
  assert.ok(played(5.5, 12) === 0.5);
  assert.equal(played(11, 12), 1);
  assert.equal(played(12, 12), 1);
});

test("a file has the name that the server would give it", () => {
  assert.ok(fileName("d=64&mixture=3:0.6,4:0.8&c=1e-05").endsWith("-d64-mixture3-0.6-4-0.8-c1e-05"));
  assert.equal(fileName("mixture=4:-0.7"), "emergence-mixture4_-0.7");
  assert.equal(fileName("Scaling law: at = -0.4, of 3 - 4"), "emergence-Scaling-law-at_-0.4-of-3-4");
  assert.equal(fileName("at=−2&c=1e-05"), "emergence-at_-2-c1e-05");
  assert.equal(fileName("../../etc/passwd\r\nx: y"), "emergence-etc-passwd-x-y");
});
