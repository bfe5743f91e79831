import assert from "node:assert/strict";
import { test } from "node:test";

import { fragment, said } from "../../emergence/ui/browser/alone/address.js";
import { read } from "../../emergence/ui/browser/alone/experiment.js";
import { inflated } from "../../emergence/ui/browser/alone/packed.js";
import { rowsOf } from "../../emergence/ui/browser/alone/recorded.js";
import { encoded, since } from "../../emergence/ui/browser/alone/wire.js";
import { elsewhere } from "../../emergence/ui/browser/feed.js";
import { sourceOf } from "../../emergence/ui/browser/server.js";
import { Store } from "../../emergence/ui/browser/store.js";

const NAMES = { view: "view", picture: "picture" };
const HEADER = { from: 0, rows: 3, steps: [0, 10, 1e15 + 1, 1e15 + 3], tip: true, width: 2, state: "running", message: "β" };
const ROWS = [[0, 1], [0.25, 2], [0.5, 3], [0.75, 4]];

test("an answer is what the server's would be: a store takes it in", () => {
  const store = new Store({ fields: {} });
  store.take(encoded(HEADER, ROWS));
  assert.equal(store.rows.length, 3);
  assert.equal(store.header.message, "β");
  assert.deepEqual([...store.row(3)], [1e15 + 3, 4]);
});

test("who has some rows is sent the others, who claims too many all of them", () => {
  const store = new Store({ fields: {} });
  store.take(encoded({ ...HEADER, rows: 1, steps: [0], tip: false }, ROWS.slice(0, 1)));
  store.take(since(HEADER, ROWS, 1));
  assert.deepEqual(store.rows.map((row) => [...row]), [[0, 1], [10, 2], [1e15 + 1, 3]]);
  store.take(since(HEADER, ROWS, 3));
  assert.equal(store.rows.length, 3);
  assert.equal(store.count, 4);
  store.take(since(HEADER, ROWS, 7));
  assert.equal(store.rows.length, 3);
});

test("rows that lie column by column, by the place of their bytes, come back", () => {
  const rows = [[1.5, -2, Math.fround(0.1)], [3e-20, 4e8, NaN]];
  const bytes = new Uint8Array(24);
  for (const [i, row] of rows.entries()) {
    for (const [j, number] of row.entries()) {
      const four = new Uint8Array(new Float32Array([number]).buffer);
      for (let place = 0; place < 4; place += 1) bytes[(place * 3 + j) * 2 + i] = four[place];
    }
  }
  assert.deepEqual(rowsOf(bytes, 3).map((row) => [...row]), rows.map((row) => row.map(Math.fround)));
});

test("deflated bytes come back", async () => {
  const deflated = await new Response(new Blob(["What is packed"]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer();
  const text = btoa(String.fromCharCode(...new Uint8Array(deflated)));
  assert.equal(new TextDecoder().decode(await inflated(`\n${text}\n`)), "What is packed");
});

test("what stands behind the # wins over what stands before it, and comes back", () => {
  const given = { search: "?d=32", hash: "#d=64&mixture=3%3A0.6%2C4%3A0.8&view=lecture&picture=loss" };
  const first = said(given, NAMES);
  assert.equal(first.stage, "lecture");
  assert.equal(first.picture, "loss");
  assert.equal(new URLSearchParams(first.query).get("mixture"), "3:0.6,4:0.8");
  assert.deepEqual(said({ search: "", hash: fragment(first, NAMES) }, NAMES), first);
  assert.equal(said({ search: "?d=32&embed=true", hash: "" }, NAMES).query, "d=32");
  assert.equal(said({ search: "?embed=true", hash: "#" }, NAMES).stage, "embed");
  assert.equal(fragment({ query: "", stage: "page", picture: "" }, NAMES), "");
});

const CONTROLS = [
  { name: "d", allowed: "a whole number from 2 to 256", default: 64, low: 2, high: 256, whole: true, stops: [2, 64, 256], only: false, shown: true },
  { name: "P", allowed: "a whole number from 1 to 32", default: 8, low: 1, high: 32, whole: true, stops: [1, 8, 32], only: false, shown: true },
  { name: "J", allowed: "one of 1, 2, 3, 4, 6, 8", default: 4, low: 1, high: 8, whole: true, stops: [1, 2, 3, 4, 6, 8], only: true, shown: true },
  { name: "c", allowed: "a number from 1e-06 to 10,000", default: 0.05, low: 1e-6, high: 1e4, whole: false, stops: [0.05], only: false, shown: true },
  { name: "mixture", allowed: "a mixture", default: 0, low: 1e-6, high: 10, whole: false, stops: [1, 2, 3, 4, 6, 8], only: false, shown: false },
];

test("an address is read as it is, and what is wrong in it is said", () => {
  const { e, notices } = read("d=100&P=3&c=0.07&mixture=4%3A0.8%2C3%3A0.6&engine=sgd", CONTROLS);
  assert.deepEqual(notices, []);
  assert.deepEqual(e, { d: 100, P: 3, J: 3, c: 0.07, mixture: [[3, 0.6], [4, 0.8]], engine: "sgd" });
  assert.deepEqual(read("", CONTROLS).e, { d: 64, P: 8, J: 4, c: 0.05, mixture: [], engine: "sgd" });
});

for (const [query, name, value, said] of [
  ["d=1000", "d", 256, "d = 1000 is not a whole number from 2 to 256: d = 256 is taken."],
  ["d=12.5", "d", 13, "d = 12.5 is not"],
  ["d=x", "d", 64, "d = x is not"],
  ["d=", "d", 64, "d =  is not"],
  ["J=5", "J", 4, "J = 5 is not one of 1, 2, 3, 4, 6, 8: J = 4 is taken."],
  ["d=8&P=20", "P", 8, "P = 20 directions do not fit into d = 8 dimensions"],
  ["mixture=3:x", "J", 4, "mixture = 3:x is not a mixture: σ = h_J is taken."],
  ["mixture=5:1", "J", 4, "mixture = 5:1 is not a mixture"],
  ["colour=red", "d", 64, "There is no parameter colour here."],
  ["engine=flow", "d", 64, "engine = flow needs the server"],
]) {
  test(`what is wrong is said: ${query}`, () => {
    const { e, notices } = read(query, CONTROLS);
    assert.equal(e[name], value);
    assert.equal(notices.length, 1);
    assert.ok(notices[0].includes(said), notices[0]);
  });
}

test("where a server has no place, its answer says where else a run is computed", async () => {
  const before = globalThis.fetch;
  const body = JSON.stringify({ message: "no place", alone: "lab/alone#d=32" });
  globalThis.fetch = async () => new Response(body, { status: 503 });
  try {
    const source = sourceOf({ figures: "lab/figures", run: "lab/run", plotly: "" });
    const question = { viewer: "a", query: "d=32", from: "0", until: "0" };
    for (const asked of [source.figures("d=32"), source.rows(question)]) {
      await assert.rejects(asked, (error) => elsewhere(error) === "lab/alone#d=32" && /no place/.test(error.message));
    }
  } finally {
    globalThis.fetch = before;
  }
  assert.equal(elsewhere(new Error("anything else")), "");
});
