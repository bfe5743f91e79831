// @ts-check
// A guess that is dragged in a picture: a handle, and the line that it moves.

/** A point of the picture in pixels. @typedef {[x: number, y: number]} Place */

/**
 * What a marker shows.
 * @typedef {object} Marking
 * @property {string[]} named what may be said
 * @property {Place[]} places where each of it is
 * @property {number | null} at what is said, none yet
 * @property {Place | null} from where the line begins that leads to the handle; none for an upright one
 * @property {[top: number, bottom: number] | null} upright between which heights a line stands, if one does
 * @property {string} label beside the handle
 * @property {import("./labels.js").Box} area between the axes, where the label stands
 * @property {boolean} locked
 */

const BESIDE = 18; // pixels from a handle's middle to its label
const LEAP = 10; // stops of Page up and Page down

/**
 * The place that is nearest to a point.
 * @param {Place[]} places
 * @param {Place} point
 */
export function nearest(places, [x, y]) {
  let best = 0;
  places.forEach((place, i) => {
    if (Math.hypot(place[0] - x, place[1] - y) < Math.hypot(places[best][0] - x, places[best][1] - y)) best = i;
  });
  return best;
}

/**
 * Where a key leads from one of `count` stops; null for a key that leads nowhere.
 * @param {string} key
 * @param {number} at
 * @param {number} count
 */
export function stepped(key, at, count) {
  const last = count - 1;
  /** @type {Record<string, number>} */
  const leads = {
    ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1,
    PageUp: at + LEAP, PageDown: at - LEAP, Home: 0, End: last,
  };
  return key in leads ? Math.min(Math.max(leads[key], 0), last) : null;
}

/**
 * Where a line of a slope leaves a picture with logarithmic axes, for each of the slopes; it begins at `from`.
 * @param {number[]} slopes
 * @param {Place} from
 * @param {Place} corner right and bottom end of the picture
 * @param {[x: number, y: number]} decade pixels of one, on each axis
 * @returns {Place[]}
 */
export function ends(slopes, from, corner, decade) {
  const [right, down] = [corner[0] - from[0], corner[1] - from[1]];
  return slopes.map((slope) => {
    const fall = -slope * (decade[1] / decade[0]) * right;
    const share = fall > down ? down / fall : 1;
    return [from[0] + share * right, from[1] + share * fall];
  });
}

/**
 * Left upper corner of a label beside its handle: right of it, left, above or below, never over what
 * stands at the axes.
 * @param {Place} handle
 * @param {[width: number, height: number]} size
 * @param {import("./labels.js").Box} area
 * @returns {Place}
 */
export function besideHandle([x, y], [width, height], { left, top, right, bottom }) {
  /** @type {(value: number, low: number, high: number) => number} */
  const within = (value, low, high) => Math.max(Math.min(value, high), low);
  const middle = within(y - height / 2, top, bottom - height);
  if (x + BESIDE + width <= right) return [x + BESIDE, middle];
  if (x - BESIDE - width >= left) return [x - BESIDE - width, middle];
  const above = y - BESIDE - height >= top;
  return [within(x - width / 2, left, right - width), above ? y - BESIDE - height : y + BESIDE];
}

export class Marker {
  /**
   * @param {HTMLElement} picture that it lies over
   * @param {string} name for who does not see it
   * @param {(at: number, done: boolean) => void} chosen something is said; `done` when it is let go
   */
  constructor(picture, name, chosen) {
    this.chosen = chosen;
    /** @type {Marking | null} */
    this.shown = null;
    this.picture = picture;
    this.layer = document.createElement("div");
    this.layer.className = "marker";
    this.layer.innerHTML = '<svg><line></line></svg><button type="button" role="slider"></button><span></span>';
    const [svg, handle, label] = this.layer.children;
    this.line = /** @type {SVGLineElement} */ (svg.firstElementChild);
    this.handle = /** @type {HTMLButtonElement} */ (handle);
    this.label = /** @type {HTMLElement} */ (label);
    this.handle.setAttribute("aria-label", name);
    this.handle.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // no text is selected, no page scrolled
      this.handle.focus();
      if (!this.shown?.locked) this.handle.setPointerCapture(event.pointerId);
    });
    this.handle.addEventListener("pointermove", (event) => this.follow(event, false));
    this.handle.addEventListener("pointerup", (event) => this.follow(event, true));
    this.handle.addEventListener("keydown", (event) => {
      const { shown } = this;
      if (!shown || shown.locked) return;
      const to = stepped(event.key, shown.at ?? Math.floor(shown.places.length / 2), shown.places.length);
      if (to === null) return;
      event.preventDefault();
      event.stopPropagation();
      this.chosen(to, true);
    });
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} done
   */
  follow(event, done) {
    const { shown } = this;
    if (!shown || shown.locked || !this.handle.hasPointerCapture(event.pointerId)) return;
    const box = this.layer.getBoundingClientRect();
    const to = nearest(shown.places, [event.clientX - box.left, event.clientY - box.top]);
    if (to !== shown.at || done) this.chosen(to, done);
  }

  /** @param {Marking | null} marking nothing to take it away */
  show(marking) {
    this.shown = marking;
    if (!marking) return this.layer.remove();
    if (!this.layer.isConnected) this.picture.append(this.layer);
    const { named, places, at, from, upright, label, locked, area } = marking;
    const [x, y] = places[at ?? Math.floor(places.length / 2)];
    const start = upright ? [x, upright[0]] : from ?? [x, y];
    const end = upright ? [x, upright[1]] : [x, y];
    for (const [i, point] of [start, end].entries()) {
      this.line.setAttribute(`x${i + 1}`, String(point[0]));
      this.line.setAttribute(`y${i + 1}`, String(point[1]));
    }
    this.layer.classList.toggle("marker-open", at === null);
    this.handle.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
    this.handle.setAttribute("aria-valuemin", "0");
    this.handle.setAttribute("aria-valuemax", String(named.length - 1));
    this.handle.setAttribute("aria-valuenow", String(at ?? Math.floor(places.length / 2)));
    this.handle.setAttribute("aria-valuetext", at === null ? "no guess yet" : named[at]);
    this.handle.setAttribute("aria-disabled", String(locked));
    this.label.textContent = label;
    this.label.style.maxWidth = `${area.right - area.left}px`;
    const [across, down] = besideHandle([x, y], [this.label.offsetWidth, this.label.offsetHeight], area);
    this.label.style.transform = `translate(${across}px, ${down}px)`;
  }
}
