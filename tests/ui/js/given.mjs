// Stands in for the server's data: the real look, and only those words that the tests need.

import { readFileSync } from 'node:fs';

import { look } from '../../../explorer/ui/deck/js/look.js';
import { words } from '../../../explorer/ui/deck/js/numbers.js';

const LOOK = new URL('../../../explorer/show/plots/look.json', import.meta.url);

Object.assign(look, JSON.parse(readFileSync(LOOK, 'utf8')));
Object.assign(words, {
  zero: 'exactly 0',
  not_finite: 'not finite',
  unit: 'unit {unit}: {value}',
  mean: 'mean {value}',
  row: 'step {row}: {value}',
  span: '{least} to {largest}',
});

export { look, words };
