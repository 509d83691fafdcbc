import assert from 'node:assert/strict';
import test from 'node:test';

import { fontParts, hundredths, painted } from '../../../explorer/ui/deck/js/svg.js';

test('a place is told to a hundredth of a pixel', () => {
  assert.equal(hundredths(1.23456), 1.23);
  assert.equal(hundredths(-0.005), -0);
  assert.equal(hundredths(62), 62);
});

test('a translucent colour is a colour and an opacity', () => {
  assert.deepEqual(painted('fill', 'rgba(86,180,233,0.13)'), { fill: 'rgb(86,180,233)', 'fill-opacity': '0.13' });
  assert.deepEqual(painted('stroke', '#D55E00'), { stroke: '#D55E00' });
});

test('a gradient is painted by its address', () => {
  assert.deepEqual(painted('fill', { toString: () => 'url(#linearGradient-1)' }), { fill: 'url(#linearGradient-1)' });
});

test('a font is weight, size and family', () => {
  const family = '"Source Sans", sans-serif';
  assert.deepEqual(fontParts(`13px ${family}`), { weight: '400', size: '13', family });
  assert.deepEqual(fontParts('600 12.5px serif'), { weight: '600', size: '12.5', family: 'serif' });
});
