// @ts-check
// Names at the ends of lines: where they go so that none covers another. Pure, no drawing.

/** A name that wants to stand at a height, in pixels. @typedef {{text: string, color: string, x: number, y: number}} Name */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/**
 * Heights for names that want to be at `wanted`, at least `size` apart and between `low` and `high`,
 * in the order of the wishes and as near to them as that allows.
 * @param {number[]} wanted
 * @param {number} size
 * @param {number} low
 * @param {number} high
 */
export function spread(wanted, size, low, high) {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const placed = new Array(wanted.length).fill(0);
  // Neighbours that touch form a block, which stands where its members wish on average.
  /** @type {{sum: number, count: number, from: number}[]} */
  const blocks = [];
  /** @param {{sum: number, count: number}} block */
  const top = ({ sum, count }) => {
    const middle = Math.min(Math.max(sum / count, low + (size * count) / 2), high - (size * count) / 2);
    return middle - (size * count) / 2;
  };
  order.forEach((i, place) => {
    let block = { sum: Math.min(Math.max(wanted[i], low), high), count: 1, from: place };
    for (;;) {
      const last = blocks[blocks.length - 1];
      if (!last || top(last) + size * last.count <= top(block) + 1e-9) break;
      blocks.pop();
      block = { sum: last.sum + block.sum, count: last.count + block.count, from: last.from };
    }
    blocks.push(block);
  });
  for (const block of blocks) {
    const first = top(block);
    for (let j = 0; j < block.count; j += 1) placed[order[block.from + j]] = first + (j + 0.5) * size;
  }
  return placed;
}

/**
 * The names that find room near where they want to be, the most wanted first: their numbers, and heights for them.
 * @param {number[]} wanted heights
 * @param {number[]} want how much each is wanted
 * @param {number} size
 * @param {number} high end of the heights, which begin at 0
 * @param {number} far how far a name may stand from where it wants to be
 */
export function near(wanted, want, size, high, far) {
  /** @type {{kept: number[], heights: number[]}} */
  let found = { kept: [], heights: [] };
  for (const i of wanted.map((_, each) => each).sort((a, b) => want[b] - want[a] || a - b)) {
    const kept = [...found.kept, i].sort((a, b) => a - b);
    if (kept.length * size > high) break;
    const heights = spread(kept.map((each) => wanted[each]), size, 0, high);
    if (kept.every((each, j) => Math.abs(heights[j] - wanted[each]) <= far)) found = { kept, heights };
  }
  return found;
}

/**
 * The points, the first ones first, that are at least so far from those already chosen: their numbers.
 * @param {number[]} x
 * @param {number[]} y
 * @param {number} apart
 */
export function roomy(x, y, apart) {
  /** @type {number[]} */
  const free = [];
  x.forEach((_, i) => {
    if (free.every((j) => Math.hypot(x[i] - x[j], y[i] - y[j]) >= apart)) free.push(i);
  });
  return free;
}

/**
 * Whether two boxes share a point.
 * @param {Box} a
 * @param {Box} b
 */
export const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/**
 * A place for the name of each line beside it, in pixels of the picture: one that covers no name
 * and as few points of lines as can be, the nearer to its line's end the better; null where none is
 * free of other names.
 * @param {{line: [x: number, y: number][], width: number}[]} lines in the order in which they choose
 * @param {number} height of a name
 * @param {Box} frame
 * @param {number} most pieces of lines that a name may cover
 */
export function beside(lines, height, frame, most = Infinity) {
  /** @type {Box[]} */
  const boxes = [];
  return lines.map(({ line, width }) => {
    /** @type {{box: Box, cost: number} | null} */
    let best = null;
    const seen = line.filter(([x, y]) => x >= frame.left && x <= frame.right && y >= frame.top && y <= frame.bottom);
    for (let share = 1; share >= 0.2; share -= 0.08) {
      const at = seen[Math.round(share * (seen.length - 1))];
      if (!at) break;
      for (const [dx, dy] of [[6, -height], [6, 0], [-width - 6, 0], [-width - 6, -height], [6, -height / 2]]) {
        const box = { left: at[0] + dx, top: at[1] + dy, right: at[0] + dx + width, bottom: at[1] + dy + height };
        if (box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom) continue;
        if (boxes.some((other) => overlap(other, box))) continue;
        const covered = lines.reduce((sum, other) => sum + crossings(other.line, box), 0);
        if (covered > most) continue;
        const cost = covered + 4 * (1 - share);
        if (!best || cost < best.cost) best = { box, cost };
      }
    }
    if (best) boxes.push(best.box);
    return best && best.box;
  });
}

/**
 * The same where there is little room: what finds no free place beside its line stands below the
 * lines, which fall, in the lower left corner, and is told by its colour.
 * @param {{line: [x: number, y: number][], width: number}[]} lines
 * @param {number} height of a name
 * @param {Box} frame
 */
export function besideOrBelow(lines, height, frame) {
  const places = beside(lines, height, frame, 0);
  let bottom = frame.bottom - height / 4;
  return places.map((place, i) => {
    const left = frame.left + height / 4;
    for (; !place && bottom - height > frame.top; bottom -= height / 2) {
      const box = { left, top: bottom - height, right: left + lines[i].width, bottom };
      if (places.some((other) => other && overlap(other, box)) || lines.some(({ line }) => crossings(line, box))) continue;
      bottom -= height;
      return box;
    }
    return place;
  });
}

/**
 * How many pieces of a line touch a box: by their ends and middles.
 * @param {[x: number, y: number][]} line
 * @param {Box} box
 */
function crossings(line, box) {
  let count = 0;
  for (let i = 1; i < line.length; i += 1) {
    const [x0, y0] = line[i - 1];
    const [x1, y1] = line[i];
    const left = Math.min(x0, x1);
    const right = Math.max(x0, x1);
    const top = Math.min(y0, y1);
    const bottom = Math.max(y0, y1);
    if (left < box.right && right > box.left && top < box.bottom && bottom > box.top) count += 1;
  }
  return count;
}
