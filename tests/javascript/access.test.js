import assert from "node:assert/strict";
import { test } from "node:test";

import { called } from "../../emergence/ui/browser/access.js";
import { alternative } from "../../emergence/ui/browser/alternative.js";
import { spaced, tableOf } from "../../emergence/ui/browser/table.js";

test("a picture is called by its title, else by its axes", () => {
  assert.equal(called({ title: { text: "<b>Loss</b> over time" } }), "Loss over time");
  assert.equal(called({ title: { text: "" }, xaxis: { title: { text: "steps" } }, yaxis: { title: { text: "u" } } }), "u over steps");
  assert.equal(called({}), "Picture");
});

test("a long curve is thinned evenly, its ends stay", () => {
  assert.deepEqual(spaced(3, 10), [0, 1, 2]);
  const some = spaced(1000, 7);
  assert.deepEqual([some.length, some[0], some[6]], [7, 0, 999]);
});

test("a table has every curve that is seen, by name", () => {
  const { caption, head, body } = tableOf("Loss", [
    { name: "measured", x: [1, 10], y: [0.5, 0.25], visible: true },
    { name: "hidden", x: [1], y: [1], visible: false },
    { name: "empty", x: [], y: [], visible: true },
    { name: "map", y: ["4", "2"], z: [[0, 1], [1, 0]], visible: true },
  ]);
  assert.equal(caption, "Loss");
  assert.equal(head.length, 3);
  assert.deepEqual(body, [["measured", "1", "0.500"], ["measured", "10", "0.250"], ["map", "4", "0, 1"], ["map", "2", "1, 0"]]);
});

test("what is left out of a table is said", () => {
  const many = Array.from({ length: 20 }, (_, i) => ({ name: `${i}`, x: [1], y: [1], visible: true }));
  assert.match(tableOf("Overlaps", many).caption, /8 more curves are left out/);
});

const parts = { capture: [0.9, 0.9], mse: [0.04], slope: [-0.93], n2: [0.9, 0.01, 0.5], census: [2, 0, 1], u: [0.9, 0.1, 0, 0.1, 0, 0.3] };
const store = { header: { crossing: [50, null] }, part: (row, name) => Float64Array.from(parts[name]) };
const data = { captured: 0.5, P: 2, m: 3, a: [1, 0.5], iota: [0, 2], neurons: [0, 1, 2], directions: [0, 1], said: { directions: "2 directions", neurons: "3 neurons", classes: ["matched", "sharing", "unused"] } };

test("each picture has a sentence that says what is seen at that moment", () => {
  const at = (name, step) => alternative(name, data, store, Float64Array.from([step]));
  assert.equal(at("loss", 100), "At step 100 1 of 2 directions are learned; the loss is 0.0400, its local slope -0.9.");
  assert.match(at("overlaps", 20), /^At step 20 0 of 2 directions are learned; of 3 neurons: 2 matched, 0 sharing, 1 unused\.$/);
  assert.match(at("norms", 100), /2 matched neurons have more than half of their norm/);
  assert.match(at("matching", 100), /; of 3 neurons: 2 matched, 0 sharing, 1 unused\.$/);
});
