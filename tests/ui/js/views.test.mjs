import assert from 'node:assert/strict';
import test from 'node:test';

import { keptWithin, pinchedBy, zoomedAround } from '../../../explorer/ui/deck/js/views.js';

test('a zoom keeps the step that it is about', () => {
  assert.deepEqual(zoomedAround({ from: 1, to: 101 }, 51, 0.5), { from: 26, to: 76 });
  assert.deepEqual(zoomedAround({ from: 26, to: 76 }, 51, 2), { from: 1, to: 101 });
  assert.deepEqual(zoomedAround({ from: 1, to: 101 }, 1, 0.5), { from: 1, to: 51 });
});

test('fingers that part halve the view, and fingers that meet double it', () => {
  assert.deepEqual(pinchedBy({ from: 1, to: 101 }, 100, 200), { from: 26, to: 76 });
  assert.deepEqual(pinchedBy({ from: 26, to: 76 }, 200, 100), { from: 1, to: 101 });
});

test('a view stays within the sequence, and as wide as it was', () => {
  assert.deepEqual(keptWithin({ from: 20, to: 40 }, 100), { from: 20, to: 40 });
  assert.deepEqual(keptWithin({ from: -5, to: 15 }, 100), { from: 1, to: 21 });
  assert.deepEqual(keptWithin({ from: 90, to: 110 }, 100), { from: 80, to: 100 });
});

test('a view of a step or two is widened to a few', () => {
  assert.deepEqual(keptWithin({ from: 50, to: 50 }, 100), { from: 50, to: 53 });
  assert.deepEqual(keptWithin({ from: 100, to: 100 }, 100), { from: 97, to: 100 });
});

test('a view of everything is no zoom', () => {
  assert.equal(keptWithin({ from: 1, to: 100 }, 100), null);
  assert.equal(keptWithin({ from: -50, to: 200 }, 100), null);
  assert.equal(keptWithin({ from: 2, to: 2 }, 3), null);
});
