// The table of runs beside the live one: what differs, their numbers, and the actions for each.

import { button, make, setText, swatch } from './elements.js';
import { look } from './look.js';
import { fill, words } from './numbers.js';

/** The table without its numbers, as text: while it is the same, only the numbers are updated. */
export function shapeOf(columns, rows) {
  return JSON.stringify([columns, rows.map(row => ({ ...row, cells: null }))]);
}

export class Pins {
  constructor(deck) {
    this.deck = deck;
    this.element = make('section', { className: 'pins wide', hidden: true });
  }

  show({ columns, rows }) {
    this.element.hidden = rows.length < 2;
    this.rows = rows;
    if (shapeOf(columns, rows) !== this.shape && !this.renaming) this.build(columns, rows);
    rows.forEach((row, i) => row.cells.forEach((text, j) => this.cells[i]?.[j] && setText(this.cells[i][j], text)));
  }

  /** Shows the dragged value's numbers in the live run's row; null shows the live run's own. */
  follow(cells) {
    (cells ?? this.rows[0]?.cells ?? []).forEach((text, j) => this.cells[0]?.[j] && setText(this.cells[0][j], text));
  }

  build(columns, rows) {
    this.shape = shapeOf(columns, rows);
    this.cells = rows.map(row => row.cells.map(text => make('td', { textContent: text })));
    const head = ['', ...columns].map(text => make('th', { scope: 'col', textContent: text }));
    const body = rows.map((row, i) => make('tr', {}, this.nameOf(row, i), ...this.cells[i]));
    const caption = make('caption', { textContent: words.pins });
    const table = make('table', {}, caption, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...body));
    this.element.replaceChildren(make('div', { className: 'table' }, table));
  }

  nameOf(row, i) {
    const name = make('span', { className: 'name', textContent: row.label });
    const named = make('span', { className: 'named' }, swatch(row.colour, look.dashes[row.dash], look.sizes.run), name);
    const element = make('th', { scope: 'row' }, named, this.actionsOf(row, i));
    element.classList.toggle('off', row.hidden);
    return element;
  }

  actionsOf(row, i) {
    const place = make('span', { className: 'actions tools' });
    if (row.pin === null) return place;
    const act = what => () => this.deck.act({ do: what, pin: row.pin });
    const named = (text, what, onclick) =>
      button(text, onclick ?? act(what), { 'aria-label': fill(words.of_pin, { act: text, name: row.label }) });
    place.append(
      named(row.hidden ? words.show : words.hide, 'hide'),
      named(words.rename, 'rename', () => this.rename(row, i)),
      named(words.make_live, 'live'),
      named(words.drop, 'drop'),
    );
    return place;
  }

  rename(row, i) {
    const name = this.element.querySelectorAll('tbody tr')[i].querySelector('.name');
    const field = make('input', { type: 'text', value: row.label, maxLength: 40, 'aria-label': words.rename });
    this.renaming = true;
    const done = take => {
      if (!this.renaming) return;
      this.renaming = false;
      field.replaceWith(name);
      if (take && field.value !== row.label) this.deck.act({ do: 'rename', pin: row.pin, name: field.value });
    };
    field.onkeydown = event => {
      if (event.key === 'Enter') done(true);
      if (event.key === 'Escape') done(false);
    };
    field.onblur = () => done(true);
    name.replaceWith(field);
    field.select();
  }
}
