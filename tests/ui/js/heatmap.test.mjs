import assert from 'node:assert/strict';
import test from 'node:test';

import { cellAt, columnOf, unitAt } from '../../../explorer/ui/deck/js/heatmap.js';
import { look } from './given.mjs';

const STRIP = { rows: 2, columns: 3, first: 1, lower: -1, upper: 1, values: new Float32Array([0, 0.5, NaN, -1, 1, 0.25]) };
const BYTES = { ...STRIP, values: new Uint8Array([0, 127, 254, 255, 64, 1]) };
const CELLS = { ...STRIP, rowEdges: [0.5, 2.5, 3.5], columnEdges: [0.5, 5.5, 10.5, 12.5] };

test('a unit has its value at a step', () => {
  assert.deepEqual([1, 2, 3].map(step => unitAt(STRIP, 2, step)), [-1, 1, 0.25]);
  assert.ok(Number.isNaN(unitAt(STRIP, 1, 3)));
});

test('there is none beyond the strip', () => {
  for (const [unit, step] of [[0, 1], [3, 1], [1, 0], [1, 4]]) assert.equal(unitAt(STRIP, unit, step), undefined);
  assert.equal(unitAt({ ...STRIP, first: 3 }, 1, 3), 0);
});

test('a byte is a value again, to half a step of colour', () => {
  assert.equal(unitAt(BYTES, 1, 1), -1);
  assert.equal(unitAt(BYTES, 1, 2), 0);
  assert.equal(unitAt(BYTES, 1, 3), 1);
  assert.ok(Number.isNaN(unitAt(BYTES, 2, 1)));
  assert.ok(Math.abs(unitAt(BYTES, 2, 2) - (-1 + (2 * 64) / look.colour_table.steps)) < 1e-12);
});

test('a place on an axis of cells belongs to one of them', () => {
  const places = { 0.4: -1, 0.5: -1, 1: 0, 5.5: 0, 5.6: 1, 12.5: 2, 12.6: -2 };
  for (const [place, cell] of Object.entries(places)) assert.equal(cellAt(CELLS.columnEdges, Number(place)), cell, place);
});

test('a cell that holds several steps has one value', () => {
  assert.deepEqual([1, 5, 6, 10].map(step => unitAt(CELLS, 2, step)), [-1, -1, 1, 1]);
  assert.equal(unitAt(CELLS, 2, 13), undefined);
});

test('a column is its mean, its least and its largest', () => {
  assert.deepEqual(columnOf(STRIP, 1), { mean: -0.5, least: -1, largest: 0 });
  assert.equal(columnOf(STRIP, 4), undefined);
});
