// The worked step: the cell's equations with the numbers of one unit, forward and backward, at the step of the walk.

import { make } from './elements.js';
import { fill, powerOfTen, short, words } from './numbers.js';

const LOG10_2 = Math.log10(2);

/** A number in an equation; a negative one gets parentheses. */
function inEquation(text) {
  return text.startsWith('−') ? `(${text})` : text;
}

/** A template with its {names} replaced by numbers; a name in parentheses gets no second pair. */
function withNumbers(template, textOf) {
  return template.replace(/\(\{(\w+)\}\)|\{(\w+)\}/g, (place, inside, free) =>
    inside ? `(${textOf(inside)})` : inEquation(textOf(free)),
  );
}

/** mantissa × 2^exponent with three digits, whatever its size, so that readers can check the products. */
export function sized(mantissa, exponent) {
  if (!Number.isFinite(mantissa)) return words.not_finite;
  if (mantissa === 0) return '0';
  const log10 = Math.log10(Math.abs(mantissa)) + exponent * LOG10_2;
  if (log10 > -3 && log10 < 4) return short(mantissa * 2 ** exponent);
  const power = Math.floor(log10);
  return `${mantissa < 0 ? '−' : ''}${(10 ** (log10 - power)).toFixed(2)}\u00a0×\u00a0${powerOfTen(power)}`;
}

/** The text of a name at a step, forward or backward. */
export function valueText(stage, name, step) {
  if (name in stage.backward) return sized(stage.backward[name][step - 1], stage.exponent[step - 1]);
  return name in stage.forward ? short(stage.forward[name][step - 1]) : '?';
}

export class Worked {
  constructor() {
    this.panes = { forward: paneOf(words.worked_forward_note), backward: paneOf(words.worked_backward_note) };
    const panes = Object.values(this.panes).map(pane => pane.element);
    this.element = make('div', { className: 'worked' }, ...panes); // stacked: as high as the longer one
  }

  show(stage, at) {
    const other = at.part === 'forward' ? 'backward' : 'forward';
    if (this.stage !== stage) this.fill(this.panes[other], stage, { part: other, step: at.step });
    this.stage = stage;
    this.fill(this.panes[at.part], stage, at);
    this.panes[at.part].element.style.visibility = 'visible';
    this.panes[other].element.style.visibility = 'hidden';
  }

  fill(pane, stage, { part, step }) {
    const title = part === 'forward' ? words.worked_forward : words.worked_backward;
    pane.title.textContent = fill(title, { unit: stage.unit, step });
    const lines = stage.equations.filter(equation => equation.part === part).map(equation => lineOf(stage, equation, step));
    if (part === 'backward') lines.splice(-stage.roads.length, 0, ...stage.sums.map(sum => sumLine(stage, sum, step)));
    pane.lines.replaceChildren(...lines);
  }
}

function paneOf(note) {
  const [title, lines] = [make('h4'), make('div', { className: 'lines' })];
  return { title, lines, element: make('div', {}, title, lines, make('p', { className: 'caption', textContent: note })) };
}

function lineOf(stage, { name, left, right, filled }, step) {
  const numbers = withNumbers(filled, of => valueText(stage, of, step));
  return line(left, right, numbers, valueText(stage, name, step));
}

/** The line of Wᵀδ: its largest terms, and … if there are more. */
function sumLine(stage, sum, step) {
  const terms = [];
  for (let i = (step - 1) * sum.columns; i < step * sum.columns; i++) {
    const value = sized(sum.value[i], stage.exponent[step - 1]);
    terms.push(`${inEquation(short(sum.weight[i]))} · ${inEquation(value)}`);
  }
  const named = Array.from({ length: sum.columns }, (_, j) => {
    const i = (step - 1) * sum.columns + j;
    return `w${low(sum.unit[i])} ${sum.of[sum.block[i]]}${low(sum.unit[i])}`;
  });
  const more = sum.columns < stage.units * sum.of.length ? ' + …' : '';
  return line(sum.left, named.join(' + ') + more, terms.join(' + ') + more, valueText(stage, sum.name, step));
}

function low(number) {
  return [...String(number)].map(digit => '₀₁₂₃₄₅₆₇₈₉'[digit]).join('');
}

function line(left, right, numbers, result) {
  const plain = numbers === result;
  return make(
    'div',
    { className: 'line' },
    make('span', { className: 'left' }, ...lowered(left)),
    make('span', { className: 'right' }, '= ', ...lowered(right)),
    make('span', { className: 'numbers', textContent: plain ? '' : `= ${numbers}` }),
    make('span', { className: 'result', textContent: `= ${result}` }),
  );
}

/** "δ_f" with a subscript f as an element: Unicode does not have all subscript letters. */
function lowered(text) {
  return text.split(/_([a-z])/).map((part, i) => (i % 2 ? make('sub', { textContent: part }) : part));
}
