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

test("anything else is left to Streamlit", () => {
  for (const each of [bytes("emergence_picture"), bytes('{"figure": "{}", "key": 1}'), "text", undefined]) assert.equal(pictureIn(each), null);
});
