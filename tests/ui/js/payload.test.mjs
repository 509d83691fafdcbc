import assert from 'node:assert/strict';
import test from 'node:test';

import { unpack } from '../../../explorer/ui/deck/js/payload.js';

const padded = size => size + (-size & 7);

/** A block as the server makes it: the header's length, the header, the arrays, each aligned to 8 bytes. */
function blockOf(header, ...arrays) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const total = arrays.reduce((sum, array) => sum + padded(array.byteLength), 8 + padded(text.length));
  const bytes = new Uint8Array(total).fill(32, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded(text.length)), true);
  bytes.set(text, 8);
  let at = 8 + padded(text.length);
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer), at);
    at += padded(array.byteLength);
  }
  return bytes;
}

const VALUES = new Float64Array([1.5, -Infinity, NaN, -1234.5678901234567]);
const SHARES = new Float32Array([0.1, 1, -3e38]);
const STEPS = new Uint8Array([0, 254, 255]);
const HEADER = {
  kind: 'live',
  title: '‖∂L/∂h‖',
  deep: [{ values: { at: 0, n: 4, kind: 'f8' } }],
  shares: { at: 32, n: 3, kind: 'f4' },
  steps: { at: 48, n: 3, kind: 'u1' },
};

test('a header has its arrays in their places', () => {
  const header = unpack(blockOf(HEADER, VALUES, SHARES, STEPS), {});
  assert.equal(header.title, '‖∂L/∂h‖');
  assert.deepEqual(header.deep[0].values, VALUES);
  assert.deepEqual(header.shares, SHARES);
  assert.deepEqual(header.steps, STEPS);
  assert.equal(header.missing, false);
});

test('arrays are read where they lie, and copied only where they cannot be', () => {
  const bytes = blockOf(HEADER, VALUES, SHARES, STEPS);
  assert.equal(unpack(bytes, {}).shares.buffer, bytes.buffer);
  for (const shift of [1, 4, 8, 13]) {
    const larger = new Uint8Array(bytes.length + shift);
    larger.set(bytes, shift);
    assert.deepEqual(unpack(larger.subarray(shift), {}).deep[0].values, VALUES, shift);
  }
});

test('an array of the library is named and not sent', () => {
  const block = blockOf({ curve: { known: 'digest' }, other: [1, null, 'text', { kind: 'live' }] });
  const header = unpack(block, { digest: VALUES });
  assert.equal(header.curve, VALUES);
  assert.equal(header.missing, false);
  assert.deepEqual(header.other, [1, null, 'text', { kind: 'live' }]);
});

test('a block that names an array which has not come says so', () => {
  const header = unpack(blockOf({ a: { known: 'late' }, b: { known: 'here' } }), { here: STEPS });
  assert.equal(header.missing, true);
  assert.equal(header.b, STEPS);
});

test('bytes that are no block are an error, which the page then says', () => {
  assert.throws(() => unpack(new Uint8Array(3), {}), RangeError);
  assert.throws(() => unpack(new Uint8Array(16), {}), SyntaxError);
});
