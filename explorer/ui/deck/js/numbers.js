// Numbers as text; the rules are those of words/numbers.py, which a test checks.

export const words = {}; // the page's texts, as the server sent them

const SUPERSCRIPTS = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' };
const TIMES = '\u00a0×\u00a0';
const ALL_DIGITS = 100; // more than any number halfway between two short ones has

export function powerOfTen(exponent) {
  return '10' + [...String(exponent)].map(sign => SUPERSCRIPTS[sign]).join('');
}

/** The text of a positive number of any size, from its log10. */
export function magnitude(log10) {
  if (Number.isNaN(log10)) return words.not_finite;
  if (log10 === -Infinity) return words.zero;
  if (log10 >= -3 && log10 < 4) return short(10 ** log10);
  let exponent = Math.floor(log10);
  let digit = Number(rounded(10 ** (log10 - exponent), 0));
  if (digit === 10) [exponent, digit] = [exponent + 1, 1];
  return digit === 1 ? powerOfTen(exponent) : `${digit}${TIMES}${powerOfTen(exponent)}`;
}

/** A number with three digits; a small one is not rounded to zero. */
export function short(value) {
  if (!Number.isFinite(value)) return words.not_finite;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) return (value < 0 ? '−' : '') + scientific(size);
  const digits = Number(rounded(size, 2));
  const places = Math.max(0, 2 - Math.floor(Math.log10(digits)));
  const options = { minimumFractionDigits: places, maximumFractionDigits: places };
  return (value < 0 ? '−' : '') + digits.toLocaleString('en-US', options);
}

/** d.dde±n with `places` decimals. Halfway cases go to the even digit, as in Python; toExponential takes the larger. */
function rounded(size, places) {
  const [all, exponent] = size.toExponential(ALL_DIGITS).split('e');
  const cut = places === 0 ? 1 : places + 2;
  const halfway = /^\.?50*$/.test(all.slice(cut));
  return halfway && Number(all[cut - 1]) % 2 === 0 ? `${all.slice(0, cut)}e${exponent}` : size.toExponential(places);
}

function scientific(size) {
  const [digits, exponent] = rounded(size, 1).split('e').map(Number);
  return `${digits}${TIMES}${powerOfTen(exponent)}`;
}

/** The crosshair's text of a value, which is a log10 on an axis of decades. */
export function reading(value, decades) {
  return decades ? magnitude(value) : short(value);
}

/** Decades with their sign; without one where nothing is left of the number. */
export function signed(decades) {
  if (Math.abs(decades) < 0.05) return '0.0';
  return (decades >= 0 ? '+' : '−') + Math.abs(decades).toFixed(1);
}

/** A text of the catalogue with its {places} filled. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
