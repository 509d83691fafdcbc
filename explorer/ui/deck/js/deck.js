// The deck: all figures, one time axis, one crosshair. A new state is drawn at once and in place.

import { themeOf } from './colours.js';
import { Drag } from './drag.js';
import { make, setText } from './elements.js';
import { FigureView } from './figure.js';
import { unitAt } from './heatmap.js';
import { valueAt } from './lines.js';
import { fill, words } from './numbers.js';
import { Pins } from './pins.js';
import { Stage } from './stage.js';
import { Toolbar } from './toolbar.js';
import { Verdict } from './verdict.js';
import { keptWithin, zoomedAround } from './views.js';

export class Deck {
  constructor() {
    this.views = new Map(); // name of a figure → its view
    this.scale = 1; // of all figures, for a lecture hall
    this.hidden = new Set(); // curves that the legend has switched off
    this.selected = this.hovered = this.zoomed = null;
    this.verdict = new Verdict();
    this.toolbar = new Toolbar(this);
    this.drag = new Drag(this);
    this.pins = new Pins(this);
    this.stage = new Stage(this);
    this.figures = make('div', { className: 'figures' });
    this.live = make('p', { className: 'spoken', 'aria-live': 'polite' });
    const parts = [this.verdict, this.toolbar, this.drag].map(part => part.element);
    this.element = make('div', { className: 'deck' }, ...parts, this.figures, this.live);
    this.element.deck = this; // gives access to all digits, see valuesAt
    new ResizeObserver(() => this.resize()).observe(this.element);
    this.refit = () => this.scale !== 1 && this.shownViews?.some(view => view.isMisfit()) && this.show();
    addEventListener('resize', this.refit);
  }

  /** Takes a new state of the page, and draws it at once. */
  take(header, act) {
    this.act = act;
    this.header = this.withSeeds(header);
    this.keepToAxis(header.axis);
    this.rescale(header.scale);
    this.verdict.say(this.header.verdict);
    this.drag.meet(this.header);
    this.toolbar.show(header);
    this.pins.show(header.pins);
    this.stage.show(header.slow);
    this.show();
  }

  /** Adds the bands over many seeds, which arrive after the picture of the one run. */
  takeSeeds(seeds) {
    this.seeds = seeds;
    if (this.header && this.header.seeds === seeds.base) this.take(this.header, this.act);
  }

  withSeeds(header) {
    if (!header.seeds || this.seeds?.base !== header.seeds) return header;
    return { ...header, verdict: this.seeds.verdict, figures: [this.seeds.figure, ...header.figures.slice(1)] };
  }

  rescale(scale) {
    if (scale === this.scale) return;
    this.scale = scale;
    for (const view of this.views.values()) view.measure();
  }

  /** Drops the chosen step and the zoom if the axis changes; they have no meaning on another one. */
  keepToAxis(axis = 'step') {
    if (axis !== (this.axis ?? axis)) this.selected = this.hovered = this.zoomed = null;
    this.axis = axis;
  }

  /** Shows the live run, or the value that is being dragged. */
  show() {
    const { figures, stale } = this.drag.over(this.header.figures);
    this.steps = Math.max(...figures.map(figure => figure.x.upper));
    this.keepWithin();
    const wanted = figures.map(figure => this.viewOf(figure));
    const elements = wanted.map(view => view.element);
    elements.splice(1, 0, this.stage.element, this.pins.element);
    if (elements.some((element, i) => this.figures.children[i] !== element) || this.figures.children.length !== elements.length)
      this.figures.replaceChildren(...elements);
    figures.forEach((figure, i) => wanted[i].show(figure, stale.has(figure.name)));
    this.stage.element.classList.toggle('stale', stale.size > 0);
    this.shownViews = wanted;
    this.draw();
    if (this.scale !== 1) this.watchPage();
  }

  /** For a lecture hall: what stands above the figure may grow, and then the figure has to shrink. */
  watchPage() {
    const page = this.element.closest('[data-testid="stMainBlockContainer"]');
    if (!page || page === this.watched) return;
    this.watched = page;
    new ResizeObserver(this.refit).observe(page);
  }

  viewOf(figure) {
    if (!this.views.has(figure.name)) this.views.set(figure.name, new FigureView(this));
    return this.views.get(figure.name);
  }

  draw() {
    if (!this.shownViews) return;
    this.theme ??= themeOf(this.element);
    for (const view of this.shownViews) view.draw();
    this.stage.draw();
    this.drawCrosses();
    requestAnimationFrame(() => this.keepTheme());
  }

  /** Checks the theme after a drawing, when the styles are computed; before it, this would delay the drawing. */
  keepTheme() {
    const theme = themeOf(this.element);
    if (JSON.stringify(theme) === JSON.stringify(this.theme)) return;
    this.theme = theme;
    this.draw();
  }

  resize() {
    for (const view of this.shownViews ?? []) view.measure();
    this.draw();
  }

  drawCrosses() {
    for (const view of this.shownViews) view.drawCross();
    this.toolbar.showStep();
  }

  get step() {
    return this.hovered ?? this.selected;
  }

  get view() {
    return this.zoomed ?? { from: 1, to: this.steps };
  }

  hover(step) {
    if (step === this.hovered && step === null) return;
    this.hovered = step;
    this.drawCrosses();
  }

  select(step) {
    this.selected = step === null ? null : Math.min(this.steps, Math.max(1, step));
    this.hovered = null;
    this.stage.follow(this.selected);
    this.drawCrosses();
  }

  move(by) {
    const start = by > 0 ? this.view.from - 1 : this.view.to + 1;
    this.select((this.step ?? start) + by);
  }

  /** Sets the steps on the axis of all figures; null shows all steps. */
  zoom(range) {
    this.zoomed = range;
    this.keepWithin();
    this.draw();
  }

  zoomBy(factor) {
    const { from, to } = this.view;
    this.zoom(zoomedAround(this.view, this.step ?? (from + to) / 2, factor));
  }

  /** Brings the chosen step and the zoom back into the sequence after its length has changed. */
  keepWithin() {
    if (this.selected > this.steps) this.selected = this.steps;
    if (this.zoomed) this.zoomed = keptWithin(this.zoomed, this.steps);
  }

  toggle(key) {
    if (!this.hidden.delete(key)) this.hidden.add(key);
    this.show();
  }

  /** All digits of the values drawn at a step: figure → its panels, each with the values of its curves and units. */
  valuesAt(step) {
    const valuesOf = ({ title, series, heatmap }) => ({
      title,
      curves: Object.fromEntries(series.map(line => [line.label, valueAt(line, step)])),
      units: heatmap ? Array.from({ length: heatmap.rows }, (_, i) => unitAt(heatmap, i + 1, step)) : [],
    });
    return Object.fromEntries(this.shownViews.map(({ figure }) => [figure.name, figure.panels.map(valuesOf)]));
  }

  /** Announces the values under the crosshair to screen readers. */
  speak(view) {
    const said = this.step === null ? '' : `${fill(words.step, { step: this.step })}: ${view.spoken()}`;
    setText(this.live, said);
  }
}
