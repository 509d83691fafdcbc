import assert from 'node:assert/strict';
import test from 'node:test';

import { drawSeries, stepOf, valueAt } from '../../../explorer/ui/deck/js/lines.js';
import { look } from './given.mjs';
import { noting } from './noting.mjs';

const BOX = { x: 0, y: 0, width: 100, height: 16 };
const PANEL = { heatmap: null, y: { lower: -16, upper: 0 } };
const VIEW = { from: 1, to: 10 };

function drawn(values, settings = {}, view = VIEW) {
  const ctx = noting();
  drawSeries(ctx, { steps: null, values, colour: '#000000', dash: 'dash', width: 2, ...settings }, PANEL, BOX, view);
  return ctx;
}

test('a value stands at its step', () => {
  const series = { steps: null, values: [5, NaN, 7] };
  assert.deepEqual([1, 2, 3, 4].map(step => valueAt(series, step)), [5, NaN, 7, undefined]);
  assert.deepEqual([0, 1, 2].map(i => stepOf(series, i)), [1, 2, 3]);
});

test('between two points of a straight line a value lies on it', () => {
  const series = { steps: [1, 5, 9], values: [0, 4, 0] };
  assert.deepEqual([1, 2, 5, 7, 9].map(step => valueAt(series, step)), [0, 1, 4, 2, 0]);
  assert.equal(valueAt(series, 0), undefined);
  assert.equal(valueAt(series, 10), undefined);
  assert.equal(stepOf(series, 1), 5);
});

test('a single point has a value at its step alone, and no points have none', () => {
  assert.equal(valueAt({ steps: [4], values: [2] }, 4), 2);
  assert.equal(valueAt({ steps: [4], values: [2] }, 5), undefined);
  assert.equal(valueAt({ steps: [], values: [] }, 1), undefined);
});

test('what is not finite leaves a gap', () => {
  const ctx = drawn([-1, -2, -Infinity, -3, -4, NaN, -5, -6]);
  const path = ctx.calls.map(call => call.name).filter(name => name.endsWith('To'));
  assert.deepEqual(path, ['moveTo', 'lineTo', 'moveTo', 'lineTo', 'moveTo', 'lineTo']);
  assert.equal(ctx.of('stroke').length, 1);
  assert.equal(ctx.of('arc').length, 0);
});

test('a point with a gap on either side is a dot', () => {
  const ctx = drawn([NaN, -3, NaN, -1, -2]);
  const [{ given }] = ctx.of('arc');
  assert.deepEqual(given.slice(0, 3), [15, 3, look.sizes.dot]);
  assert.equal(drawn([NaN, -3, NaN]).of('stroke').length, 0);
});

test('a curve has its dash, and leaves none behind', () => {
  const dashes = drawn([-1, -2]).of('setLineDash').map(({ given }) => given[0]);
  assert.deepEqual(dashes, [look.dashes.dash, []]);
});

test('only what is in view is drawn, and one step more on either side', () => {
  const values = Array.from({ length: 10 }, () => -5);
  const ctx = drawn(values, {}, { from: 4, to: 6 });
  assert.equal(ctx.of('moveTo').length + ctx.of('lineTo').length, 5);
});

test('a band goes along its upper edge and back along the lower one', () => {
  const ctx = drawn([-3, -3, -3], { low: [-4, -Infinity, -4], high: [-2, -2, NaN] });
  const corners = ctx.of('lineTo').slice(0, 4).map(({ given }) => given);
  assert.deepEqual(corners, [[5, 2], [15, 2], [15, 32], [5, 4]]); // −∞ lies beyond the axis
  assert.equal(ctx.of('fill').length, 1);
});
