import assert from 'node:assert/strict';
import test from 'node:test';

import { fill, magnitude, powerOfTen, reading, short, signed } from '../../../explorer/ui/deck/js/numbers.js';
import { words } from './given.mjs';

const spaced = text => text.replaceAll('\u00a0', ' ');

test('a power of ten has its exponent raised', () => {
  assert.equal(powerOfTen(0), '10⁰');
  assert.equal(powerOfTen(-3497), '10⁻³⁴⁹⁷');
  assert.equal(powerOfTen(1234567890), '10¹²³⁴⁵⁶⁷⁸⁹⁰');
});

test('a magnitude of any size is said from its log10', () => {
  const said = { 0: '1.00', 1.5: '31.6', '-2': '0.0100', 22.5: '3 × 10²²', '-900.2': '6 × 10⁻⁹⁰¹', '-5': '10⁻⁵', 4: '10⁴' };
  for (const [log10, text] of Object.entries(said)) assert.equal(spaced(magnitude(Number(log10))), text, log10);
});

test('a digit that rounds up to ten is the next power', () => {
  assert.equal(magnitude(22.99), powerOfTen(23));
  assert.equal(magnitude(-22.01), powerOfTen(-22));
});

test('what is no number on a log axis is named', () => {
  assert.equal(magnitude(-Infinity), words.zero);
  assert.equal(magnitude(NaN), words.not_finite);
});

test('a plain number has three digits, and is never rounded to nothing', () => {
  const said = [
    [0, '0'], [-0, '0'], [1, '1.00'], [0.0032, '0.00320'], [12_345, '12,300'], [-1.239, '−1.24'], [999.9, '1,000'],
    [9.996, '10.0'], [1e-4, '0.000100'], [0.99999e-4, '1 × 10⁻⁴'], [-2.5e-9, '−2.5 × 10⁻⁹'], [1e6, '1 × 10⁶'],
    [1e300, '1 × 10³⁰⁰'], [5e-324, '4.9 × 10⁻³²⁴'], [-1.7e308, '−1.7 × 10³⁰⁸'],
  ];
  for (const [value, text] of said) assert.equal(spaced(short(value)), text, value);
  for (const value of [NaN, Infinity, -Infinity]) assert.equal(short(value), words.not_finite);
});

test('halfway between two numbers the even one is said, as in Python', () => {
  const said = [
    [0.8125, '0.812'], [0.9375, '0.938'], [1.125, '1.12'], [-1.375, '−1.38'], [12_350, '12,400'], [12_450, '12,400'],
    [1.25e6, '1.2 × 10⁶'], [1.35e6, '1.4 × 10⁶'], [-1.75e6, '−1.8 × 10⁶'],
  ];
  for (const [value, text] of said) assert.equal(spaced(short(value)), text, value);
});

test('the crosshair reads decades as magnitudes and all else as it is', () => {
  assert.equal(reading(-2, true), '0.0100');
  assert.equal(reading(-2, false), '−2.00');
});

test('a change has its sign', () => {
  assert.equal(signed(3.14), '+3.1');
  assert.equal(signed(-22.46), '−22.5');
  assert.equal(signed(0), '0.0');
  assert.equal(signed(-0.04), '0.0');
});

test('places are filled, and those without a value stay', () => {
  assert.equal(fill('step {step} of {last}: {step}', { step: 3, last: 0 }), 'step 3 of 0: 3');
  assert.equal(fill('{unknown} and {}', {}), '{unknown} and {}');
});
