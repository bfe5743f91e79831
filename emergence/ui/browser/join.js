// @ts-check
// The page at /c/CODE: it takes this tab into the room, to where its lecture is now.

import { Refusal, hear } from "./channel.js";
import { part } from "./dom.js";
import { spelled } from "./following.js";
import { enter, leave, member } from "./membership.js";
import { BASE as base } from "./root.js";

const SMALL = matchMedia("(max-width: 760px), (pointer: coarse) and (max-height: 500px)"); // a phone, on its side too
const main = part(document, "main", HTMLElement);
const status = part(main, "p", HTMLElement);
const form = part(main, "form", HTMLFormElement);
const field = part(form, "input", HTMLInputElement);
const other = part(main, "p:last-of-type", HTMLElement);

/**
 * @param {string} code
 * @param {string | null} secret
 */
async function join(code, secret) {
  status.textContent = `Joining the lecture ${spelled(code)} …`;
  form.hidden = true;
  other.hidden = true;
  leave();
  const who = member(code, secret);
  try {
    const { state: { page, query }, code: known } = await hear(base, who, -1);
    enter({ ...who, code: known });
    if (secret && SMALL.matches) window.location.replace(`${base}/class/desk`); // a remote control
    else window.location.replace(`${base}/${page}${query && `?${query}`}`);
  } catch (error) {
    status.textContent = sentence(error);
    other.hidden = !(error instanceof Refusal && error.why === "secret");
    form.hidden = !other.hidden;
    field.value = code;
  }
}

/** @param {unknown} error */
function sentence(error) {
  if (!(error instanceof Refusal)) return "The server does not answer. Reload this page to try again.";
  const text = error.message.replace(/[.]?$/, ".");
  return text[0].toUpperCase() + text.slice(1);
}

const { pathname, hash } = window.location;
const code = decodeURIComponent(pathname.slice(base.length).replace(/^\/c\/?/, "").replace(/\/$/, "")).toUpperCase();
history.replaceState(null, "", pathname); // a lead link's secret is seen no longer than it takes to read it
other.addEventListener("click", (event) => {
  event.preventDefault();
  join(code, null);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  window.location.assign(`${base}/c/${encodeURIComponent(field.value.replace(/\s/g, ""))}`);
});
if (code) join(code, hash.slice(1) || null);
else {
  status.textContent = "Join a lecture.";
  form.hidden = false;
  field.focus();
}
