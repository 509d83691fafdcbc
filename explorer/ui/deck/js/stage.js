// Backwards in slow motion: the forward pass runs right, the gradient runs left, and every figure shows its step.

import { prepared } from './canvas.js';
import { button, make, setText } from './elements.js';
import { fill, magnitude, signed, words } from './numbers.js';
import { decadesOf, heightOf, stageStepAt } from './plan.js';
import { drawUnrolled } from './unrolled.js';
import { Worked } from './worked.js';

const SECONDS = 8; // for the whole walk at speed 1

export class Stage {
  constructor(deck) {
    this.deck = deck;
    this.place = 1; // 1 to T forward, T + 1 to 2 T backward
    this.canvas = make('canvas', { tabIndex: 0, role: 'img' });
    this.play = button('', () => (this.playing ? this.stop() : this.start()), { className: 'play' });
    this.back = button('', () => this.go(this.place - 1));
    this.on = button('', () => this.go(this.place + 1));
    this.speed = make('input', { type: 'range', min: -2, max: 2, step: 0.5, value: 0 });
    this.speedName = make('span');
    this.unit = make('input', { type: 'number', min: 1, step: 1 });
    this.unit.onchange = () => deck.act({ do: 'unit', unit: Number(this.unit.value) });
    this.unitName = make('span');
    this.said = make('p', { className: 'said' });
    this.title = make('h3');
    this.caption = make('p', { className: 'caption' });
    this.worked = new Worked();
    this.canvasPlace = make('div', { className: 'place' }, this.canvas);
    const controls = [this.play, this.back, this.on, label(this.speedName, this.speed), label(this.unitName, this.unit)];
    const left = make('div', { className: 'walk' }, this.canvasPlace, this.said, make('div', { className: 'stage' }, ...controls), this.caption);
    this.element = make('section', { className: 'slow-motion wide', hidden: true }, this.title, make('div', { className: 'halves' }, left, this.worked.element));
    this.listen();
  }

  listen() {
    const keys = {
      ' ': () => (this.playing ? this.stop() : this.start()),
      ArrowRight: () => this.go(this.place + (this.at.part === 'forward' ? 1 : -1)),
      ArrowLeft: () => this.go(this.place + (this.at.part === 'forward' ? -1 : 1)),
      Home: () => this.go(1),
      End: () => this.go(2 * this.stage.steps),
    };
    this.canvas.addEventListener('keydown', event => {
      if (!keys[event.key] || !this.stage) return;
      event.preventDefault();
      keys[event.key]();
      setText(this.deck.live, this.said.textContent);
    });
    this.canvas.addEventListener('pointerdown', event => {
      const step = stageStepAt(this.stage, event.offsetX, this.canvasPlace.clientWidth);
      this.go(this.at.part === 'forward' ? step : 2 * this.stage.steps + 1 - step);
    });
  }

  /** Takes the numbers of the live run; the walk keeps its place. */
  take(stage) {
    const first = !this.stage;
    this.stage = stage;
    this.place = Math.min(this.place, 2 * stage.steps);
    this.unit.value = stage.unit;
    this.unit.max = stage.units;
    this.refresh();
    if (first) this.appear();
  }

  /** Scrolls into view if the user opened it, and starts to play unless the user prefers reduced motion. */
  appear() {
    if (this.wanted) this.element.scrollIntoView({ block: 'nearest' });
    this.wanted = false;
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) this.start();
  }

  /** Opens or closes the walk, as the page says; its numbers may arrive before or after. */
  show(open) {
    this.open = open;
    if (!open) this.close();
    this.refresh();
  }

  close() {
    this.stop();
    this.stage = null;
    this.place = 1;
  }

  refresh() {
    this.element.hidden = !this.open || !this.stage;
    if (this.element.hidden) return;
    setText(this.title, words.slow);
    setText(this.back, words.step_back);
    setText(this.on, words.step_on);
    setText(this.speedName, words.speed);
    setText(this.unitName, words.unit_choice);
    setText(this.caption, words.slow_caption);
    this.showPlay();
    this.draw();
  }

  showPlay() {
    setText(this.play, this.playing ? words.pause : this.place >= 2 * (this.stage?.steps ?? 0) ? words.again : words.play);
  }

  get at() {
    const { steps } = this.stage;
    return this.place <= steps
      ? { part: 'forward', step: Math.max(1, this.place) }
      : { part: 'backward', step: 2 * steps + 1 - this.place };
  }

  go(place) {
    this.place = Math.min(2 * this.stage.steps, Math.max(1, place));
    this.moving = true;
    this.deck.select(this.at.step);
    this.moving = false;
    this.showPlay();
    this.draw();
  }

  /** Goes to a step that was chosen elsewhere, and keeps its direction. */
  follow(step) {
    if (this.moving || !this.stage || step === null || step > this.stage.steps) return;
    this.place = this.at.part === 'forward' ? step : 2 * this.stage.steps + 1 - step;
    this.draw();
  }

  draw() {
    if (!this.stage || this.element.hidden) return;
    const { theme } = this.deck;
    const width = this.canvasPlace.clientWidth;
    if (!width || !theme) return;
    const height = heightOf(this.stage);
    if (this.height !== height) this.canvasPlace.style.height = `${height}px`;
    this.height = height;
    drawUnrolled(prepared(this.canvas, width, height), this.stage, this.at, { width, theme });
    setText(this.said, this.sentence());
    this.canvas.setAttribute('aria-label', `${words.slow_help} ${this.said.textContent}`);
    this.worked.show(this.stage, this.at);
  }

  sentence() {
    const { part, step } = this.at;
    if (part === 'forward') return fill(words.said_forward, { step });
    const sizes = this.stage.roads.map(({ state, norm }) => {
      const value = norm[step - 1];
      const change = Number.isFinite(value) ? fill(words.said_change, { decades: signed(decadesOf(this.stage, value)) }) : '';
      return `‖∂L/∂${state}‖ ${magnitude(value)}${change}`;
    });
    return fill(words.said_backward, { step, sizes: sizes.join(', ') });
  }

  start() {
    if (!this.stage) return;
    if (this.place >= 2 * this.stage.steps) this.place = 1;
    let [last, exact] = [performance.now(), this.place];
    const tick = now => {
      exact += (((now - last) / 1000) * 2 * this.stage.steps * 2 ** Number(this.speed.value)) / SECONDS;
      last = now;
      if (Math.floor(exact) !== this.place) this.go(Math.floor(exact));
      if (this.place >= 2 * this.stage.steps) return this.stop();
      this.playing = requestAnimationFrame(tick);
    };
    this.playing = requestAnimationFrame(tick);
    this.showPlay();
  }

  stop() {
    if (this.playing) cancelAnimationFrame(this.playing);
    this.playing = null;
    this.showPlay();
  }
}

function label(name, control) {
  return make('label', {}, name, control);
}
