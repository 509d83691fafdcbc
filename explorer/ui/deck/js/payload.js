// Unpacks a block of the server: a JSON header, and arrays that are read without a copy (see plots/deck_renderer.py).

const KINDS = { f8: Float64Array, f4: Float32Array, u1: Uint8Array };

/** The header with its arrays in place; `missing` is true if it refers to an array that the library does not have. */
export function unpack(bytes, library) {
  const whole = bytes.byteOffset % 8 ? bytes.slice() : bytes; // typed arrays start at multiples of their item size
  const length = Number(new DataView(whole.buffer, whole.byteOffset, 8).getBigUint64(0, true));
  const text = new TextDecoder().decode(whole.subarray(8, 8 + length));
  const first = whole.byteOffset + 8 + length;
  let missing = false;
  const header = JSON.parse(text, (key, value) => {
    if (value === null || typeof value !== 'object') return value;
    if (value.known !== undefined) missing ||= !library[value.known];
    if (value.known !== undefined) return library[value.known];
    return value.kind in KINDS ? new KINDS[value.kind](whole.buffer, first + value.at, value.n) : value;
  });
  return Object.assign(header, { missing });
}
