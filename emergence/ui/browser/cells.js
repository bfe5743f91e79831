// @ts-check
// Cells of a heatmap on whole pixels: what lies between them would show as waves. Pure.

/** Neighbouring cells drawn as one. @typedef {{from: number, to: number, low: number, high: number}} Band */

const LEAST = 2; // pixels of a band

/**
 * The cells along an axis on whole pixels of the screen, several as one where they are thinner than two.
 * @param {number} count
 * @param {(cell: number) => number} edge where a cell begins, in pixels of the axis
 * @param {number} offset of the axis
 * @param {number} ratio pixels of the screen in one of the page
 * @returns {Band[]}
 */
export function bands(count, edge, offset, ratio) {
  const together = Math.max(1, Math.ceil(LEAST / Math.abs(edge(1) - edge(0))));
  /** @param {number} cell */
  const whole = (cell) => Math.round((offset + edge(cell)) * ratio) / ratio - offset;
  return Array.from({ length: Math.ceil(count / together) }, (_, i) => {
    const [from, to] = [i * together, Math.min((i + 1) * together, count)];
    const [a, b] = [whole(from), whole(to)];
    return { from, to, low: Math.min(a, b), high: Math.max(a, b) };
  });
}

/**
 * The largest value in a band of rows and one of columns: what is found does not vanish among its neighbours.
 * @param {ArrayLike<number>[]} values
 * @param {Band} rows
 * @param {Band} columns
 */
export function largest(values, rows, columns) {
  let most = -Infinity;
  for (let i = rows.from; i < rows.to; i += 1) {
    for (let j = columns.from; j < columns.to; j += 1) most = Math.max(most, values[i][j]);
  }
  return most;
}
