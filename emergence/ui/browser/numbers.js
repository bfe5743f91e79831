// @ts-check
// Numbers as the Live Lab writes them.

/** @param {number | null | undefined} value */
export function shortNumber(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  if (value >= 1e5) {
    const power = Math.floor(Math.log10(value) / 3) * 3;
    const unit = new Map([[3, "k"], [6, "M"], [9, "G"], [12, "T"]]).get(power);
    return unit ? `${(value / 10 ** power).toPrecision(3)} ${unit}` : value.toExponential(2);
  }
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString("en");
  return value.toPrecision(3);
}

/**
 * A number of steps: exactly where they are whole.
 * @param {number} steps
 * @param {boolean} whole
 */
export const exact = (steps, whole) => (whole ? Math.round(steps).toLocaleString("en") : shortNumber(steps));

/**
 * The same in words.
 * @param {number} steps
 * @param {boolean} whole
 */
export function counted(steps, whole) {
  const text = exact(steps, whole);
  return `${text} step${text === "1" ? "" : "s"}`;
}
