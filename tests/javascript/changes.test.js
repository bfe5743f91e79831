import assert from "node:assert/strict";
import { test } from "node:test";

import { arc, CHANGES, DIM, fits, heads, loss, neuronPlaces, overlapRows, passed, rim } from "../../emergence/ui/browser/changes.js";

const layout = {
  role: "dots", x: [0, 1, 0], y: [1, 0, -1], radius: [0.2, 0.1, 0.05], corners: 4, unit: 0.2, leaves: 0.2, edge: 1.4,
  cloud_x: [0.01, 0.02], cloud_y: [0.03, 0.04], least: 2, most: 0.5, opacity: 0.85, rim: 1.5,
};
// Two neurons, three directions: the first is on its way between two of them, the second waits.
const now = Float64Array.from([7, 0.5, 0.25, 0, 0, 0, 0, 4, 1]);
const scene = {
  div: { data: [{ meta: layout }] },
  data: { neurons: [1, 0], directions: [0, 1, 2] },
  store: { part: (row, name) => (name === "u" ? row.subarray(1, 7) : row.subarray(7, 9)) },
};

test("a neuron stands at the mean of its directions, the rest of it in the cloud", () => {
  const [flying, waiting] = neuronPlaces(scene, now);
  assert.deepEqual([flying.k, flying.near, flying.u], [1, 0, 0.5]);
  assert.ok(Math.abs(flying.x - (0.25 + 0.25 * 0.01)) < 1e-12);
  assert.ok(Math.abs(flying.y - (0.5 + 0.25 * 0.03)) < 1e-12);
  assert.deepEqual([waiting.x, waiting.y], [0.02, 0.04]);
  assert.deepEqual([flying.radius, waiting.radius], [0.2 * 1, 0.2 * 2]); // by its own norm, |v_1|^2 = 1
  const blown = Float64Array.from([...now.subarray(0, 7), 1e12, 1]);
  assert.deepEqual(neuronPlaces(scene, blown).map(({ radius }) => radius), [0.2, 0.5], "no larger than is said");
});

test("the heatmap's rows are the neurons that are sent", () => {
  assert.deepEqual(overlapRows(scene, now).map((row) => [...row]), [[0.5, 0.25, 0], [0, 0, 0]]);
});

test("a clock runs from the start to the predicted time, and there stops", () => {
  assert.deepEqual([passed(100, 0), passed(100, 25), passed(100, 400), passed(null, 5)], [0, 0.25, 1, 0]);
});

test("a ring closes from the top, clockwise", () => {
  const quarter = arc(layout, 0, 0.25);
  assert.ok(Math.abs(quarter.x[0]) < 1e-12 && Math.abs(quarter.y[0] - 1.2) < 1e-12);
  assert.ok(Math.abs(quarter.x[4] - 0.2) < 1e-12 && Math.abs(quarter.y[4] - 1) < 1e-12);
});

test("a neuron is rimmed in the colour of the direction it is matched to", () => {
  const data = { iota: [3, null, 5], colours: ["red", "green", "blue"], idle: { colour: "grey" } };
  assert.equal(rim(data, 5, null, "white"), "blue");
  assert.equal(rim(data, 4, null, "white"), "grey");
  assert.equal(rim(data, 5, 5, "white"), "white");
});

test("a number is written in a bar only where it has room", () => {
  assert.ok(fits("12", 12, 20, 40));
  assert.ok(!fits("123", 12, 20, 40));
  assert.ok(!fits("1", 12, 20, 10));
});

test("each thick line ends in a dot, also one that is no more than its start", () => {
  const data = [
    { meta: { role: "matched", p: 0 } }, { meta: { role: "matched", p: 2 } }, { meta: { role: "highlight" } },
    { meta: { role: "heads", directions: [0, 2] }, marker: { size: 9, color: ["red", "blue"] } },
  ];
  const thick = [[0, { x: [5], y: [0.1] }], [1, { x: [5, 6], y: [0.2, 0.3] }], [2, { x: [9], y: [9] }]];
  assert.deepEqual(heads({ div: { data }, highlight: null }, thick), [[3, { x: [5, 6], y: [0.1, 0.3] }]]);
  assert.deepEqual(data[3].marker, { size: 9, color: ["red", "blue"], opacity: [1, 1] });
  heads({ div: { data }, highlight: { p: 2, k: null } }, thick);
  assert.deepEqual(data[3].marker.opacity, [DIM, 1]);
});

test("the dot is at the end of the thick line of the loss: with all skills, where that is drawn", () => {
  const store = { fields: { mse: { offset: 1 }, slope: { offset: 2 } } };
  const rows = [[1, 0.5, -1], [2, 0.25, -1]].map((row) => Float64Array.from(row));
  const traces = [{ role: "highlight" }, { role: "mse" }, { role: "slope" }, { role: "head" }];
  const end = (metas) => {
    const scene = { div: { data: metas.map((meta) => ({ meta })) }, data: { T: [] }, store, highlight: null };
    return loss(scene, { rows, now: rows[1] }).find(([index]) => metas[index].role === "head")[1];
  };
  assert.deepEqual(end(traces), { x: [2], y: [0.25] });
  assert.deepEqual(end([...traces, { role: "corrected", beyond: 0.125 }]), { x: [2], y: [0.375] });
});

test("a number on a bar has the bar's ink, and none where the bar is faint", () => {
  const traces = [
    { meta: { role: "winner", half: 0.4 }, textfont: { color: ["white", "black"], size: 13 } },
    { meta: { role: "shared" } }, { meta: { role: "neurons", order: [0, 1] }, marker: {} },
  ];
  const axis = { _length: 400 };
  const parts = { share: [0.9, 0.8], capture: [1, 1], winner: [7, 5], owner: [0, 1] };
  const drawn = (highlight) => {
    const div = { data: traces, _fullLayout: { xaxis: axis, yaxis: axis, font: { size: 14 } } };
    const data = { colours: ["blue", "orange"], idle: {}, serves: 0.05 };
    CHANGES.matching({ div, data, store: { part: (_, name) => parts[name] }, highlight, colour: "" }, { now: [] });
    return traces[0];
  };
  assert.deepEqual(drawn(null).textfont, { color: ["white", "black"], size: 12 });
  assert.deepEqual(drawn(null).text, ["7", "5"]);
  assert.deepEqual(drawn({ p: 1, k: null }).text, ["", "5"]);
});
