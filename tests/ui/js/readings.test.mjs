// Texts of a figure: under the crosshair, in the worked step, and the names of curves.

import assert from 'node:assert/strict';
import test from 'node:test';

import { shapeOf } from '../../../explorer/ui/deck/js/pins.js';
import { keyOf, panelReading, shown } from '../../../explorer/ui/deck/js/plot.js';
import { sized, valueText } from '../../../explorer/ui/deck/js/worked.js';
import { words } from './given.mjs';

const spaced = text => text.replaceAll('\u00a0', ' ');
const line = (label, values) => ({ label, steps: null, values });
const strip = { rows: 2, columns: 2, first: 1, lower: -1, upper: 1, values: new Float32Array([0.5, 1, -0.25, 0]) };
const edges = { rowEdges: [0.5, 2.5, 3.5], columnEdges: [0.5, 1.5, 2.5] };
const waterfall = { ...strip, ...edges, values: new Float32Array([-3, -30, -1, -20]) };

test('a curve is hidden by its figure and name', () => {
  const figure = { name: 'gradients' };
  const panel = { series: [line('h', []), line('c', [])] };
  assert.equal(keyOf(figure, panel.series[0]), 'gradients/h');
  assert.deepEqual(shown(figure, panel, { hidden: new Set(['gradients/h', 'clipping/c']) }), [panel.series[1]]);
});

test('a panel of curves says their values, in decades as magnitudes', () => {
  const series = [line('a', [-2, -3]), line('b', [0])];
  assert.equal(panelReading({ series, y: { decades: true } }, 1, 0), '0.0100 · 1.00');
  assert.equal(panelReading({ series, y: { decades: false } }, 2, 0), '−3.00');
});

test('a strip says its mean, or the unit under the pointer', () => {
  assert.equal(panelReading({ heatmap: strip }, 1, 0), 'mean 0.125');
  assert.equal(panelReading({ heatmap: strip }, 1, 2), 'unit 2: −0.250');
  assert.equal(panelReading({ heatmap: strip }, 3, 0), '');
});

test('a waterfall says its span, or the rows under the pointer', () => {
  assert.equal(panelReading({ heatmap: waterfall }, 1, 0), '0.00100 to 0.100');
  assert.equal(panelReading({ heatmap: waterfall }, 1, 1), 'step 1–2: 0.00100');
  assert.equal(panelReading({ heatmap: waterfall }, 1, 2), 'step 3: 0.100');
});

test('a number of the worked step has three digits, whatever its size', () => {
  assert.equal(sized(0.75, 0), '0.750');
  assert.equal(spaced(sized(-1.5, -100)), '−1.18 × 10⁻³⁰');
  assert.equal(spaced(sized(1, 4000)), '1.32 × 10¹²⁰⁴');
  assert.equal(sized(0, 12), '0');
  assert.equal(sized(NaN, 0), words.not_finite);
});

test('a name of the worked step has its value at a step', () => {
  const stage = { forward: { h: [0.5, -0.125] }, backward: { dh: [1, 0.5] }, exponent: [0, -1] };
  assert.equal(valueText(stage, 'h', 2), '−0.125');
  assert.equal(valueText(stage, 'dh', 2), '0.250');
  assert.equal(valueText(stage, 'unknown', 1), '?');
});

test('a table of pins is made anew for everything but its numbers', () => {
  const rows = [{ label: 'live', colour: '#000000', cells: ['1', '2'] }];
  const shape = shapeOf(['loss'], rows);
  assert.equal(shapeOf(['loss'], [{ ...rows[0], cells: ['3', '4'] }]), shape);
  assert.notEqual(shapeOf(['loss'], [{ ...rows[0], label: 'other' }]), shape);
  assert.notEqual(shapeOf(['gain'], rows), shape);
});
