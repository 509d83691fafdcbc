// The names of a figure's curves, with their values under the crosshair; a click hides or shows a curve.

import { make, setText, swatch } from './elements.js';
import { valueAt } from './lines.js';
import { look } from './look.js';
import { fill, reading, words } from './numbers.js';
import { keyOf } from './plot.js';

export class Legend {
  constructor(toggle) {
    this.element = make('div', { className: 'legend', role: 'group' });
    this.toggle = toggle;
    this.entries = [];
  }

  show(figure, hidden) {
    const series = figure.panels.flatMap(panel => panel.series.map(line => ({ line, decades: panel.y.decades })));
    const spelled = JSON.stringify(series.map(({ line }) => [line.label, line.colour, line.dash, line.width]));
    if (spelled !== this.spelled) this.build(figure, series);
    this.spelled = spelled;
    this.entries.forEach((entry, i) => {
      Object.assign(entry, series[i]);
      const pressed = String(!hidden.has(keyOf(figure, entry.line)));
      if (entry.button.getAttribute('aria-pressed') !== pressed) entry.button.setAttribute('aria-pressed', pressed);
    });
  }

  build(figure, series) {
    this.entries = series.map(({ line }) => {
      const value = make('span', { className: 'value' });
      const entry = { value, line };
      entry.button = make(
        'button',
        { type: 'button', title: fill(words.toggle, { name: line.label }) },
        swatch(line.colour, look.dashes[line.dash], line.width),
        make('span', { className: 'name', textContent: line.label }),
        value,
      );
      entry.button.onclick = () => this.toggle(keyOf(figure, entry.line));
      return entry;
    });
    this.element.replaceChildren(...this.entries.map(entry => entry.button));
  }

  read(step) {
    for (const { value, line, decades } of this.entries) {
      const found = step === null ? undefined : valueAt(line, step);
      setText(value, found === undefined ? '' : reading(found, decades));
    }
  }

  /** The legend as text for a screen reader. */
  spoken() {
    return this.entries.map(({ line, value }) => `${line.label} ${value.textContent}`).join(', ');
  }
}
