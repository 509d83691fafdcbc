// The numbers behind a figure, as a table that is built when opened.

import { make } from './elements.js';
import { columnOf } from './heatmap.js';
import { valueAt } from './lines.js';
import { fill, words } from './numbers.js';

const MOST_ROWS = 5000;

/** The columns of a figure: each has a name, and a function that gives the text at a step. */
function columnsOf(figure) {
  return figure.panels.flatMap(panel =>
    panel.heatmap
      ? ['mean', 'least', 'largest'].map(part => ({
          name: fill(words.column[part], { name: panel.title || figure.title }),
          at: step => digits(columnOf(panel.heatmap, step)?.[part]),
        }))
      : panel.series.map(series => ({
          name: panel.y.decades ? fill(words.column.log10, { name: series.label }) : series.label,
          at: step => digits(valueAt(series, step)),
        })),
  );
}

function digits(value) {
  if (value === undefined) return '';
  if (value === -Infinity) return words.zero;
  if (!Number.isFinite(value)) return words.not_finite;
  return value.toFixed(6).replace('-', '−');
}

export function tableOf(figure) {
  const columns = columnsOf(figure);
  const head = make('tr', {}, ...[words.column.step, ...columns.map(c => c.name)].map(cellOf('th', { scope: 'col' })));
  const rows = [];
  for (let step = figure.x.lower; step <= Math.min(figure.x.upper, MOST_ROWS); step++) {
    rows.push(
      make('tr', {}, make('th', { scope: 'row', textContent: step }), ...columns.map(c => c.at(step)).map(cellOf('td'))),
    );
  }
  const caption = make('caption', { textContent: figure.alternative });
  return make('table', {}, caption, make('thead', {}, head), make('tbody', {}, ...rows));
}

function cellOf(tag, properties) {
  return text => make(tag, { textContent: text, ...properties });
}
