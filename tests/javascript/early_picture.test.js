import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.matchMedia = () => ({ matches: true });
const { pictureIn } = await import("../../emergence/ui/browser/early_picture.js");

const bytes = (text) => new TextEncoder().encode(text).buffer;

test("what is sent of a picture is found among Streamlit's own", () => {
  const sent = { figure: '{"layout": {"title": "\u03b2", "place": "here"}}', film: [], revealed: true, place: "theorem view_picture" };
  const text = JSON.stringify(sent).replaceAll('":', '": ');
  assert.deepEqual(pictureIn(bytes(`\x0a\x02emergence_picture R\x04${text}:\x02{"}`)), JSON.parse(text));
});

test("what Streamlit sends by its name alone is what it has sent under it", () => {
  const named = (number) => String(number).padStart(32, "a");
  const send = (number) => pictureIn(bytes(`\n ${named(number)}{"figure": "${number}", "place": "theorem view_picture"}`));
  const again = (number) => pictureIn(bytes(`\x12\x08\x01Z ${named(number)}`));
  assert.equal(again(1), null);
  assert.equal(send(1).figure, "1");
  assert.equal(again(1).figure, "1");
  for (let other = 2; other < 40; other += 1) send(other);
  assert.equal(again(1), null); // not kept for ever
  assert.equal(again(39).figure, "39");
});

test("anything else is left to Streamlit", () => {
  for (const each of [bytes("emergence_picture"), bytes('{"figure": "{}", "key": 1}'), "text", undefined]) assert.equal(pictureIn(each), null);
});
