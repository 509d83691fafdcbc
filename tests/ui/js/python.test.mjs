// Reads a file that Python wrote, named by DECK_FROM_PYTHON, and checks that numbers have the same texts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { magnitude, short, words } from '../../../explorer/ui/deck/js/numbers.js';
import { unpack } from '../../../explorer/ui/deck/js/payload.js';
import { look } from './given.mjs';

const file = process.env.DECK_FROM_PYTHON;
const options = { skip: file ? false : 'only tests/ui/test_deck_units.py makes that file' };
const header = file && unpack(new Uint8Array(readFileSync(file)), {});

/** The texts that differ from Python's: value, text, Python's text. */
function wrong(values, texts, say) {
  return [...values].map((value, i) => [value, say(value), texts[i]]).filter(([, said, text]) => said !== text);
}

test('arrays of every kind have come to the last bit', options, () => {
  for (const { values, texts } of header.arrays) {
    assert.equal(values.length, texts.length);
    texts.forEach((text, i) => assert.ok(Object.is(values[i], Number(text)), `${values[i]} is not ${text}`));
  }
});

test('numbers are said alike', options, () => {
  Object.assign(words, header.words);
  assert.deepEqual(wrong(header.log10, header.magnitudes, magnitude), []);
  assert.deepEqual(wrong(header.plain, header.shorts, short), []);
});

test('the look is the one that Python has', options, () => assert.deepEqual(header.look, look));
