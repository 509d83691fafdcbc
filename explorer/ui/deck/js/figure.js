// One figure of the deck: heading, legend, canvas, a second canvas for the crosshair over it, caption and table.

import { prepared } from './canvas.js';
import { Caption } from './caption.js';
import { button, make, setText } from './elements.js';
import { listen } from './gestures.js';
import { Legend } from './legend.js';
import { fill, words } from './numbers.js';
import { saveDrawing, savePicture } from './picture.js';
import { drawCross, drawFigure, panelReading } from './plot.js';
import { tableOf } from './table.js';

const LEAST_FITTED = 200; // pixels of a figure that has to fit into a window
const BELOW_FITTED = 54; // pixels below it

export class FigureView {
  constructor(deck) {
    this.deck = deck;
    this.title = make('h3');
    this.legend = new Legend(key => deck.toggle(key));
    this.canvas = make('canvas', { role: 'img', tabIndex: 0 });
    this.cross = make('canvas', { className: 'cross', 'aria-hidden': 'true', hidden: true });
    this.caption = new Caption();
    this.table = make('div', { className: 'table', hidden: true, tabIndex: 0 });
    this.tableButton = button('', () => this.toggleTable(), { 'aria-expanded': 'false' });
    this.pictureButton = button('', () => savePicture(this.figure.name, [this.figure], this.scene()));
    this.drawingButton = button('', () => saveDrawing(this.figure, this.scene()));
    this.tools = make('div', { className: 'tools' }, this.tableButton, this.pictureButton, this.drawingButton);
    this.place = make('div', { className: 'place' }, this.canvas, this.cross);
    this.heading = make('header', {}, this.title, this.tools);
    this.element = make('section', { className: 'figure' }, this.heading, this.legend.element, this.place, this.caption.element, this.table);
    listen(this);
    this.near = true; // until the browser says otherwise
    new IntersectionObserver(([entry]) => this.approach(entry.isIntersecting), { rootMargin: '300px' }).observe(this.place);
  }

  /** Notes whether the figure is near the window; one that is far away is drawn when the user scrolls towards it. */
  approach(near) {
    this.near = near;
    if (near && this.waiting) this.draw();
  }

  show(shown, stale = false) {
    const figure = this.deck.scale === 1 ? shown : { ...shown, height: this.room() / this.deck.scale };
    this.figure = figure;
    this.element.dataset.name = figure.name;
    this.element.classList.toggle('wide', figure.wide);
    this.place.classList.toggle('stale', stale);
    this.caption.show(figure);
    if (setText(this.title, figure.title)) this.nameTools();
    this.canvas.setAttribute('aria-label', `${figure.title}. ${figure.alternative}`);
    this.legend.element.hidden = !figure.legend;
    if (figure.legend) this.legend.show(figure, this.deck.hidden);
    if (!this.table.hidden) this.table.replaceChildren(tableOf(figure));
    const height = `${figure.height * this.deck.scale}px`;
    if (this.place.style.height !== height) this.place.style.height = height;
  }

  /** The height that a window leaves below the figure's top: for a lecture hall nothing may lie below its edge. */
  room() {
    const scrolled = this.place.closest('[data-testid="stMain"]')?.scrollTop ?? 0;
    return Math.max(LEAST_FITTED, innerHeight - this.place.getBoundingClientRect().top - scrolled - BELOW_FITTED);
  }

  /** Whether the fitted figure no longer has the height that the window leaves. */
  isMisfit() {
    return Math.abs(this.figure.height * this.deck.scale - this.room()) > 1;
  }

  nameTools() {
    const name = this.figure.title;
    setText(this.tableButton, words.table);
    setText(this.pictureButton, words.picture);
    this.pictureButton.title = fill(words.picture_help, { name });
    setText(this.drawingButton, words.drawing);
    this.drawingButton.title = fill(words.drawing_help, { name });
    this.tableButton.title = fill(words.table_help, { name });
    for (const tool of this.tools.children) tool.setAttribute('aria-label', `${tool.textContent}: ${name}`);
  }

  scene() {
    const { view, theme, hidden, scale } = this.deck;
    this.width ??= this.place.clientWidth / scale || undefined;
    return { view, theme, hidden, scale, width: this.width, height: this.figure.height };
  }

  /** Forgets the width, which may have changed; it is read once, as each reading forces a layout. */
  measure() {
    this.width = this.drawn = undefined;
  }

  draw() {
    this.waiting = !this.near;
    if (this.waiting) return;
    const scene = this.scene();
    if (!scene.width || !this.differs(scene)) return;
    drawFigure(prepared(this.canvas, scene.width, scene.height, scene.scale), this.figure, scene);
  }

  /** Whether anything has changed since the last drawing; notes what is drawn. */
  differs({ view, theme, hidden, width }) {
    const drawn = [this.figure, view.from, view.to, theme, width, [...hidden].join()];
    const same = this.drawn?.every((part, i) => part === drawn[i]);
    this.drawn = drawn;
    return !same;
  }

  drawCross() {
    const scene = this.scene();
    if (!scene.width) return;
    const { step } = this.deck;
    this.legend.read(step);
    this.cross.hidden = step === null && !this.selection; // saves the browser a layer
    if (this.cross.hidden) return;
    const ctx = prepared(this.cross, scene.width, scene.height, scene.scale);
    if (step !== null) drawCross(ctx, this.figure, scene, step, this.pointed);
    if (this.selection) this.drawSelection(ctx);
  }

  drawSelection(ctx) {
    const { from, to, top, height } = this.selection;
    ctx.fillStyle = this.deck.theme.grid;
    ctx.fillRect(Math.min(from, to), top, Math.abs(to - from), height);
  }

  /** The figure's values at the deck's step, as text. */
  spoken() {
    const { step } = this.deck;
    if (this.figure.legend) return this.legend.spoken();
    return this.figure.panels.map(panel => `${panel.title} ${panelReading(panel, step, 0)}`).join(', ');
  }

  toggleTable() {
    this.table.hidden = !this.table.hidden;
    this.tableButton.setAttribute('aria-expanded', String(!this.table.hidden));
    this.table.replaceChildren(...(this.table.hidden ? [] : [tableOf(this.figure)]));
  }
}
