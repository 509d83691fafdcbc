import assert from 'node:assert/strict';
import test from 'node:test';

import { boxesOf, stepAt, stepTicks, xOf, yOf } from '../../../explorer/ui/deck/js/geometry.js';
import { look } from './given.mjs';

const BOX = { x: 62, y: 8, width: 600, height: 250 };
const VIEWS = [{ from: 1, to: 2 }, { from: 1, to: 100 }, { from: 37, to: 40 }, { from: 1, to: 5000 }];

const panel = (title = '', share = 1, heatmap = null) => ({ title, share, heatmap, y: { lower: -8, upper: 2 } });
const figure = (panels, settings = {}) => ({ panels, legend: false, wide: false, height: 300, ...settings });

test('ticks are whole steps in the view, equally far apart, and few', () => {
  const axes = [[1, 100, 600], [1, 2, 300], [37, 40, 600], [1, 5000, 1000], [990, 1010, 500], [1, 7, 90]];
  for (const [from, to, width] of axes) {
    const ticks = stepTicks({ from, to }, width);
    assert.ok(ticks.length > 0 && ticks.length <= Math.max(2, Math.floor(width / 70)) + 1, ticks);
    assert.ok(ticks.every(step => Number.isInteger(step) && step >= from && step <= to), ticks);
    const apart = ticks.slice(1).map((step, i) => step - ticks[i]);
    assert.ok(new Set(from === 1 ? apart.slice(1) : apart).size <= 1, ticks); // 1 stands where 0 would
  }
});

test('the first step is named where the axis begins with it', () => {
  assert.deepEqual(stepTicks({ from: 1, to: 100 }, 800), [1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  assert.deepEqual(stepTicks({ from: 1, to: 5 }, 800), [1, 2, 3, 4, 5]);
  assert.deepEqual(stepTicks({ from: 11, to: 100 }, 400), [20, 40, 60, 80, 100]);
});

test('the step under the middle of a step is that step', () => {
  for (const view of VIEWS)
    for (let step = view.from; step <= view.to; step++) assert.equal(stepAt(xOf(step, view, BOX), view, BOX), step);
});

test('steps lie inside of the box, each as wide as the others', () => {
  for (const view of VIEWS) {
    const steps = view.to - view.from + 1;
    assert.equal(xOf(view.from, view, BOX), BOX.x + BOX.width / steps / 2);
    assert.ok(Math.abs(xOf(view.to, view, BOX) - (BOX.x + BOX.width - BOX.width / steps / 2)) < 1e-9);
  }
});

test('a pixel beyond the axis belongs to its first or last step', () => {
  const view = { from: 37, to: 40 };
  assert.equal(stepAt(-1000, view, BOX), 37);
  assert.equal(stepAt(BOX.x, view, BOX), 37);
  assert.equal(stepAt(BOX.x + BOX.width, view, BOX), 40);
  assert.equal(stepAt(1e6, view, BOX), 40);
});

test('a curve has its largest value on top, a heatmap its first row', () => {
  assert.equal(yOf(2, panel(), BOX), BOX.y);
  assert.equal(yOf(-8, panel(), BOX), BOX.y + BOX.height);
  assert.equal(yOf(-3, panel(), BOX), BOX.y + BOX.height / 2);
  assert.equal(yOf(-8, panel('', 1, {}), BOX), BOX.y);
  assert.equal(yOf(-Infinity, panel(), BOX), Infinity);
});

test('boxes lie inside of the figure, below each other and as high as their shares', () => {
  const many = Array.from({ length: 14 }, () => panel());
  for (const panels of [[panel()], [panel('a'), panel('b', 2)], [panel('a'), panel(), panel('b'), panel()], many])
    for (const settings of [{}, { legend: true }, { wide: true }]) {
      const boxes = boxesOf(figure(panels, settings), 528, 300);
      assert.equal(boxes.length, panels.length);
      boxes.forEach((box, i) => {
        assert.ok(box.x >= 0 && box.x + box.width <= 528);
        assert.ok(box.y >= (i ? boxes[i - 1].y + boxes[i - 1].height : 0));
        assert.ok(box.y + box.height <= 300);
        assert.ok(Math.abs(box.height / panels[i].share - boxes[0].height / panels[0].share) < 1e-9);
      });
    }
});

test('time axes of figures with and without a colour bar agree', () => {
  const { left, right, bar_room: bar } = look.sizes;
  const [narrow] = boxesOf(figure([panel()]), 528, 300);
  const [strip] = boxesOf(figure([panel('', 1, {})]), 528, 300);
  assert.deepEqual([narrow.x, narrow.width], [strip.x, strip.width]);
  assert.deepEqual([narrow.x, narrow.width], [left, 528 - left - right - bar]);
  assert.equal(boxesOf(figure([panel()], { wide: true }), 528, 300)[0].width, 528 - left - right);
});

test('a box never vanishes, however small the place', () => {
  const [box] = boxesOf(figure([panel('a'), panel('b'), panel('c')]), 10, 20);
  assert.ok(box.width >= 20 && box.height >= 4);
});
