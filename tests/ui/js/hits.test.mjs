import assert from 'node:assert/strict';
import test from 'node:test';

import { boxesOf } from '../../../explorer/ui/deck/js/geometry.js';
import { extentOf, isDrag, panelUnder, stepsAcross, stepUnder } from '../../../explorer/ui/deck/js/hits.js';
import './given.mjs';

const WIDTH = 528;
const VIEW = { from: 11, to: 60 };
const panel = (title, rows) => ({ title, share: 1, heatmap: rows ? { rows } : null });
const FIGURE = { panels: [panel('a', 16), panel('', 16), panel('b', 0)], legend: false, wide: false, height: 300 };
const BOXES = boxesOf(FIGURE, WIDTH, FIGURE.height);

test('a pixel belongs to the step of all panels', () => {
  const [box] = BOXES;
  assert.equal(stepUnder(FIGURE, WIDTH, VIEW, box.x), 11);
  assert.equal(stepUnder(FIGURE, WIDTH, VIEW, box.x + box.width / 2), 36);
  assert.equal(stepUnder(FIGURE, WIDTH, VIEW, 0), 11);
  assert.equal(stepUnder(FIGURE, WIDTH, VIEW, WIDTH), 60);
});

test('a height belongs to one panel and one row, or to none', () => {
  BOXES.forEach((box, i) => {
    const rows = FIGURE.panels[i].heatmap?.rows ?? 0;
    assert.deepEqual(panelUnder(FIGURE, WIDTH, box.y), { panel: i, unit: 1 });
    assert.deepEqual(panelUnder(FIGURE, WIDTH, box.y + box.height - 1e-6), { panel: i, unit: Math.max(1, rows) });
    for (let row = 1; row <= rows; row++)
      assert.equal(panelUnder(FIGURE, WIDTH, box.y + ((row - 0.5) / rows) * box.height).unit, row);
  });
  for (const y of [0, BOXES[0].y + BOXES[0].height + 0.5, FIGURE.height]) assert.equal(panelUnder(FIGURE, WIDTH, y), null);
});

test('a short way is a click', () => {
  assert.equal(isDrag({ from: 100, to: 107 }), false);
  assert.equal(isDrag({ from: 100, to: 92 }), true);
});

test('a drag crosses the same steps to the left as to the right', () => {
  const across = { from: BOXES[0].x + 30, to: BOXES[0].x + 200 };
  const steps = stepsAcross(FIGURE, WIDTH, VIEW, across);
  assert.ok(steps.from > 11 && steps.from < steps.to && steps.to < 60);
  assert.deepEqual(stepsAcross(FIGURE, WIDTH, VIEW, { from: across.to, to: across.from }), steps);
  assert.deepEqual(stepsAcross(FIGURE, WIDTH, VIEW, { from: -50, to: 9999 }), VIEW);
});

test('what is marked reaches from the first panel to the last', () => {
  const { top, height } = extentOf(FIGURE, WIDTH);
  assert.equal(top, BOXES[0].y);
  assert.equal(top + height, BOXES[2].y + BOXES[2].height);
});
