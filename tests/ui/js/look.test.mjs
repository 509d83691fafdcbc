import assert from 'node:assert/strict';
import test from 'node:test';

import { channels, colourTable, translucent } from '../../../explorer/ui/deck/js/colours.js';
import { stopsOf } from '../../../explorer/ui/deck/js/look.js';
import { shadeOf } from '../../../explorer/ui/deck/js/marks.js';
import { look } from './given.mjs';

test('a colour is read and made translucent without a canvas', () => {
  assert.deepEqual(channels('#D55E00'), [213, 94, 0]);
  assert.deepEqual(channels('#2b2f36'), [43, 47, 54]);
  assert.equal(translucent('#8A8F98', 0.05), 'rgba(138,143,152,0.05)');
});

test('any other way to spell a colour is left to a canvas', () => {
  assert.throws(() => channels('rebeccapurple'), ReferenceError); // there is none here
});

test('regions are shaded in the colours of the look', () => {
  assert.equal(shadeOf('cool'), 'rgba(86,180,233,0.13)');
  assert.equal(shadeOf('warm'), 'rgba(213,94,0,0.12)');
  assert.equal(shadeOf('zero'), shadeOf('not_finite'));
});

test('dashes differ from each other, and a gap follows each line', () => {
  const dashes = Object.values(look.dashes);
  assert.equal(new Set(dashes.map(String)).size, dashes.length);
  assert.ok(dashes.every(dash => dash.length % 2 === 0 && dash.every(pixels => pixels > 0)));
  assert.deepEqual(look.dashes.solid, []);
});

test('the stops of a scale lie at equal distances from 0 to 1', () => {
  assert.deepEqual(stopsOf('states').map(([place]) => place), [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(stopsOf('states')[2][1], look.scales.states[2]);
});

test('a colour table runs from end to end of its scale and ends in nothing', () => {
  const { steps, no_value: none } = look.colour_table;
  for (const [name, colours] of Object.entries(look.scales)) {
    const table = colourTable(name);
    const at = step => [...table.subarray(4 * step, 4 * step + 4)];
    assert.equal(table.length, 4 * 256);
    assert.deepEqual(at(0), [...channels(colours[0]), 255]);
    assert.deepEqual(at(steps), [...channels(colours[colours.length - 1]), 255]);
    assert.deepEqual(at(none), [0, 0, 0, 0]);
    for (let step = 1; step <= steps; step++) // no jump, and no hole
      at(step).forEach((value, i) => assert.ok(Math.abs(value - at(step - 1)[i]) <= 6, `${name} ${step}`));
    assert.equal(colourTable(name), table);
  }
  assert.deepEqual([...colourTable('states').subarray(4 * 127, 4 * 127 + 3)], channels(look.scales.states[2]));
});
