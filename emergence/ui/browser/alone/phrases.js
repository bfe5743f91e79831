// @ts-check
// Numbers as Python writes them, and counts in words (`words.py`).

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Whole numbers by thousands. @param {number | string} value */
export const grouped = (value) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");

/**
 * '1 neuron', '2 neurons', '1,000 neurons'.
 * @param {number} count
 * @param {string} noun
 */
export const plural = (count, noun) => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;

const BEYOND = 30; // digits that tell an exact half from what is near one

/**
 * A decimal text as JavaScript rounds it, but an exact half to the even digit, as Python does.
 * @param {string} text
 * @param {string} long the same with BEYOND digits more
 */
function even(text, long) {
  const [kept, rest] = [long.slice(0, -BEYOND), long.slice(-BEYOND)];
  return /^50*$/.test(rest) && /[02468]\.?$/.test(kept) ? kept.replace(/\.$/, "") : text;
}

/**
 * So many decimals.
 * @param {number} value
 * @param {number} digits
 */
export const fixed = (value, digits) => even(value.toFixed(digits), value.toFixed(digits + BEYOND));

/**
 * With so many digits after the point, in powers of ten.
 * @param {number} value
 * @param {number} digits
 */
function scientific(value, digits) {
  const [mantissa, power] = value.toExponential(digits).split("e");
  const [long, other] = value.toExponential(digits + BEYOND).split("e");
  return power === other ? `${even(mantissa, long)}e${power}` : `${mantissa}e${power}`;
}

/**
 * A mantissa and a power of ten of at least two digits.
 * @param {number} value
 */
function exponential(value) {
  const [mantissa, power] = value.toExponential().split("e");
  return { mantissa, power: `${power[0]}${power.slice(1).padStart(2, "0")}` };
}

/** A float as Python's repr has it. @param {number} value */
export function repr(value) {
  const size = Math.abs(value);
  if (size && (size < 1e-4 || size >= 1e16)) {
    const { mantissa, power } = exponential(value);
    return `${mantissa}e${power}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/**
 * Of so many digits, as Python's format g.
 * @param {number} value
 * @param {number} [digits]
 */
export function general(value, digits = 6) {
  const near = Number(scientific(value, digits - 1));
  const size = Math.abs(near);
  if (!size || (size >= 1e-4 && size < 10 ** digits)) return String(near);
  const { mantissa, power } = exponential(near);
  return `${mantissa}e${power}`;
}

/**
 * Of a few digits, without an e: '0.025', '43,700', '1.2 × 10⁻⁵'.
 * @param {number} value
 * @param {number} [digits]
 */
export function short(value, digits = 3) {
  const near = Number(scientific(value, digits - 1));
  const size = Math.abs(near);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) {
    const [mantissa, power] = scientific(value, digits - 1).split("e");
    const raised = power.replace("+", "").replace("-", "⁻").replace(/\d/g, (digit) => RAISED[Number(digit)]);
    return `${Number(mantissa)} × 10${raised}`;
  }
  const [whole, rest] = String(near).split(".");
  return rest ? `${grouped(Number(whole))}.${rest}` : grouped(near);
}

/**
 * A share in per cent.
 * @param {number} share
 * @param {number} digits
 */
export const percent = (share, digits) => `${fixed(share * 100, digits)}%`;
