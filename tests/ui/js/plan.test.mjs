import assert from 'node:assert/strict';
import test from 'node:test';

import * as plans from '../../../explorer/ui/deck/js/plan.js';

const { columnOfStep, columnsFor, decadesOf, heightOf, meanOf, planOf, roadWidth, stageStepAt, THINNEST } = plans;

const road = { norm: [-5, -3, -1, 0] };
const stage = (steps, roads = 1) => ({ steps, marks: [{}, {}, {}], roads: roads === 1 ? [road] : [road, road] });

test('columns hold all steps once and in order', () => {
  for (const steps of [2, 31, 32, 33, 100, 5000]) {
    const columns = columnsFor(steps);
    assert.ok(columns.length <= 32);
    let next = 1;
    for (const [first, last] of columns) {
      assert.ok(first === next && last >= first);
      next = last + 1;
    }
    assert.equal(next, steps + 1);
  }
});

test('the column under a pixel ends with the step that is chosen', () => {
  for (const steps of [4, 32, 100]) {
    const plan = planOf(stage(steps), 600);
    plan.columns.forEach(([, last], i) => assert.equal(stageStepAt(stage(steps), plan.middle(i), 600), last));
  }
  assert.equal(stageStepAt(stage(100), 0, 600), 4);
  assert.equal(stageStepAt(stage(100), 600, 600), 100);
});

test('a step is found in its column', () => {
  const plan = planOf(stage(100), 600);
  for (let step = 1; step <= 100; step++) {
    const [first, last] = plan.columns[columnOfStep(plan, step)];
    assert.ok(first <= step && step <= last);
  }
  assert.equal(columnOfStep(plan, 101), -1);
});

test('each road has a level of its own, apart from the marks', () => {
  for (const roads of [1, 2]) {
    const plan = planOf(stage(20, roads), 600);
    assert.equal(plan.levels.length, roads);
    assert.ok(plan.levels.every(y => y < plan.marksTop || y > plan.marksBottom));
    assert.ok(plan.levels.every(y => y > 0 && y < heightOf(stage(20, roads))));
  }
});

test('a column has the mean of its steps, and none where one has none', () => {
  assert.equal(meanOf([1, 2, 3, 6], 2, 4), 11 / 3);
  assert.ok(Number.isNaN(meanOf([1, NaN], 1, 2)));
});

test('a road is as wide as its decades, within bounds, and gone where there is no gradient', () => {
  assert.equal(decadesOf({ steps: 4, roads: [{}, road] }, -3), -3);
  assert.ok(roadWidth(-1) < roadWidth(0) && roadWidth(0) < roadWidth(1));
  assert.equal(roadWidth(-1000), THINNEST);
  assert.equal(roadWidth(1000), roadWidth(900));
  assert.equal(roadWidth(-Infinity), 0);
  assert.equal(roadWidth(NaN), 0);
});
