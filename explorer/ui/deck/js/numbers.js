// Numbers as people say them; the same rules as words/numbers.py, held to them by a test.

export const words = {}; // the page's texts, as the server sent them

const SUPERSCRIPTS = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' };
const TIMES = '\u00a0×\u00a0';

export function powerOfTen(exponent) {
  return '10' + [...String(exponent)].map(sign => SUPERSCRIPTS[sign]).join('');
}

/** A positive number of any size from its log10. */
export function magnitude(log10) {
  if (Number.isNaN(log10)) return words.not_finite;
  if (log10 === -Infinity) return words.zero;
  if (log10 >= -3 && log10 < 4) return short(10 ** log10);
  let exponent = Math.floor(log10);
  let digit = Math.round(10 ** (log10 - exponent));
  if (digit === 10) [exponent, digit] = [exponent + 1, 1];
  return digit === 1 ? powerOfTen(exponent) : `${digit}${TIMES}${powerOfTen(exponent)}`;
}

/** Three digits, without rounding a small number to nothing. */
export function short(value) {
  if (!Number.isFinite(value)) return words.not_finite;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) return (value < 0 ? '−' : '') + scientific(size);
  const rounded = Number(value.toPrecision(3));
  const places = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
  const options = { minimumFractionDigits: places, maximumFractionDigits: places };
  return rounded.toLocaleString('en-US', options).replace('-', '−');
}

function scientific(size) {
  const [digits, exponent] = size.toExponential(1).split('e').map(Number);
  return `${digits}${TIMES}${powerOfTen(exponent)}`;
}

/** A value as the crosshair says it: log10 on an axis of decades, plain elsewhere. */
export function reading(value, decades) {
  return decades ? magnitude(value) : short(value);
}

/** Decades with their sign. */
export function signed(decades) {
  return (decades >= 0 ? '+' : '−') + Math.abs(decades).toFixed(1);
}

/** A text of the catalogue with its {places} filled. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
