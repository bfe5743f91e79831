import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.window = globalThis;
globalThis.requestAnimationFrame = (act) => act();
globalThis.WebSocket = class extends EventTarget {};
const { painted, pictureFirst } = await import("../../emergence/ui/browser/first.js");

const bytes = (text) => new TextEncoder().encode(text).buffer;

// What a page has heard on a new connection, and how it is sent something.
function connect() {
  pictureFirst();
  const socket = new WebSocket();
  const heard = [];
  socket.addEventListener("message", ({ data }) => heard.push(new TextDecoder().decode(data)));
  return { heard, send: (text) => socket.dispatchEvent(new MessageEvent("message", { data: bytes(text) })) };
}

test("what comes behind the component waits until that has painted, and keeps its order", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { heard, send } = connect();
  for (const text of ["title", "an emergence_live_lab", "slider", "end"]) send(text);
  assert.deepEqual(heard, ["title", "an emergence_live_lab"]);
  painted();
  t.mock.timers.tick(1);
  assert.deepEqual(heard.slice(2), ["slider", "end"]);
  for (const text of ["an emergence_live_lab", "once only"]) send(text);
  t.mock.timers.tick(10000);
  assert.deepEqual(heard.slice(4), ["an emergence_live_lab", "once only"]);
});

test("it does not wait for a picture that never comes, nor on another connection", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { heard, send } = connect();
  for (const text of ["emergence_live_lab", "slider"]) send(text);
  t.mock.timers.tick(1000);
  assert.deepEqual(heard, ["emergence_live_lab", "slider"]);
  const plain = new WebSocket();
  let count = 0;
  plain.addEventListener("message", () => { count += 1; });
  for (const text of ["emergence_live_lab", "slider"]) plain.dispatchEvent(new MessageEvent("message", { data: bytes(text) }));
  assert.equal(count, 2);
});

test("a page without the component is sent all at once", () => {
  const { heard, send } = connect();
  for (const text of ["title", "slider"]) send(text);
  painted();
  assert.deepEqual(heard, ["title", "slider"]);
});
