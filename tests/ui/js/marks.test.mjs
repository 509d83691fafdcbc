import assert from 'node:assert/strict';
import test from 'node:test';

import { drawLabels, drawRegions, shadeOf } from '../../../explorer/ui/deck/js/marks.js';
import { look } from './given.mjs';
import { noting } from './noting.mjs';

globalThis.Path2D = class {
  rect() {}
};

const BOX = { x: 0, y: 0, width: 300, height: 96 };
const VIEW = { from: 1, to: 100 };
const THEME = { text: '#2B2F36', paper: '#FFFFFF', font: 'serif' };
const region = (name, lower, upper, of = 'y') => ({ label: name, look: name, lower, upper, of });
const panelOf = (regions, levels = []) => ({ heatmap: null, y: { lower: -8, upper: 0 }, regions, levels });

function drawn(regions) {
  const ctx = noting();
  drawRegions(ctx, panelOf(regions), BOX, VIEW);
  return ctx;
}

function named(regions, levels) {
  const ctx = noting();
  drawLabels(ctx, panelOf(regions, levels), BOX, VIEW, THEME);
  return ctx.of('fillText');
}

test('a region is shaded where it lies', () => {
  const [{ given, look: seen }] = drawn([region('cool', -8, -6)]).of('fillRect');
  assert.deepEqual(given, [0, 72, 300, 24]);
  assert.equal(seen.fillStyle, shadeOf('cool'));
});

test('a stretch of steps is as high as the box, and cut by the view', () => {
  const ctx = drawn([region('zero', 51, 150, 'x'), region('zero', 101, 150, 'x')]);
  assert.deepEqual(ctx.of('fillRect').map(({ given }) => given), [[150, 0, 150, 96]]);
});

test('a hatch runs in the directions of its look, at equal distances', () => {
  for (const [name, directions] of [['zero', [1]], ['not_finite', [1, -1]], ['warm', []]]) {
    const ctx = drawn([region(name, 1, 100, 'x')]);
    const [from, to] = ['moveTo', 'lineTo'].map(method => ctx.of(method).map(({ given }) => given[0]));
    const slopes = from.map((x, i) => (to[i] - x) / BOX.height);
    assert.deepEqual([...new Set(slopes)], directions, name);
    assert.ok(from.slice(1).every((x, i) => x < from[i] || x - from[i] === look.hatch.apart), name);
    for (const { look: seen } of ctx.of('stroke')) assert.equal(seen.strokeStyle, look.colours.neutral);
  }
});

test('the name of a region stands where no curve that starts in it runs', () => {
  const [cool, neutral, warm] = named([region('cool', -8, -6), region('neutral', -6, -3), region('warm', -3, 0)]);
  assert.deepEqual([cool.given, cool.look.textAlign, cool.look.textBaseline], [['cool', 294, 93], 'right', 'bottom']);
  assert.deepEqual([neutral.given, neutral.look.textAlign, neutral.look.textBaseline], [['neutral', 6, 40], 'left', 'top']);
  assert.deepEqual([warm.given, warm.look.textAlign, warm.look.textBaseline], [['warm', 294, 4], 'right', 'top']);
});

test('a thin region has no name', () => {
  assert.equal(named([region('cool', -8, -8 + 8 * (look.least_named - 0.01))]).length, 0);
  assert.equal(named([region('cool', -8, -8 + 8 * (look.least_named + 0.01))]).length, 1);
});

test('the name of a stretch of steps stays inside of the box', () => {
  const [{ given }] = named([region('not_finite', 1, 2, 'x')]);
  assert.deepEqual(given, ['not_finite', 39, 48, 70]);
});

test('a level is named above or below its line, at its side', () => {
  const level = { value: -4, dash: 'dot', label: 'threshold' };
  const [left, right] = named([], [{ ...level, side: 'left', below: false }, { ...level, side: 'right', below: true }]);
  assert.deepEqual([left.given, left.look.textBaseline], [['threshold', 6, 46.5], 'bottom']);
  assert.deepEqual([right.given, right.look.textBaseline], [['threshold', 294, 51.5], 'top']);
});
