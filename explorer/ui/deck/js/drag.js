// Dragging a value: the browser holds the lanes of all values, so a move costs a redraw and no round trip.

import { button, make, setText } from './elements.js';
import { words } from './numbers.js';

const LANES_A_SECOND = 12; // while it plays
const KEY_PAUSE_MS = 300; // after the last key press: then the slider counts as released

function hasBand(figure) {
  return figure.panels.some(panel => panel.series.some(series => series.low));
}

/** The live figure on the lane's axes: the live run has the band over many seeds, which lanes do not have. */
function onAxesOf(lane, figure) {
  return { ...figure, panels: lane.panels.map((panel, i) => ({ ...panel, series: figure.panels[i].series })) };
}

export class Drag {
  constructor(deck) {
    this.deck = deck;
    this.name = make('span', { className: 'name' });
    this.slider = make('input', { type: 'range', min: 0, step: 1 });
    this.slider.oninput = () => this.hold(Number(this.slider.value));
    this.slider.addEventListener('pointerdown', () => (this.byKey = false));
    this.slider.addEventListener('keydown', () => (this.byKey = true));
    this.slider.onchange = () => (this.byKey ? this.letGoSoon() : this.letGo());
    this.value = make('output');
    this.playing = null;
    this.play = button('', () => (this.playing ? this.stop() : this.start()));
    this.loop = make('input', { type: 'checkbox', checked: true });
    this.loopName = make('span');
    this.note = make('span', { className: 'note', role: 'status' });
    this.element = make(
      'div',
      { className: 'drag', hidden: true },
      make('label', {}, this.name, this.slider, this.value),
      this.play,
      make('label', {}, this.loop, this.loopName),
      this.note,
    );
  }

  /** Takes a new live state; lanes of another base are not used until new ones arrive. */
  meet(header) {
    this.live = header;
    const on = header.drag.parameter !== '';
    this.element.hidden = !on;
    if (!on) this.lanes = null;
    if (!this.playing && !this.leaving) this.held = null;
    this.settle();
  }

  /** Takes the lanes: figures, verdict and label of each value. */
  take(lanes) {
    this.lanes = lanes;
    if (!this.live) return; // the live state has not arrived yet; it will call `settle`
    this.settle();
    this.deck.show();
  }

  get ready() {
    return this.lanes !== null && this.lanes !== undefined && this.lanes.base === this.live?.drag.base;
  }

  settle() {
    const { ready } = this;
    if (!ready) this.stop();
    this.slider.disabled = this.play.disabled = !ready;
    setText(this.name, this.live.drag.label);
    setText(this.loopName, words.loop);
    setText(this.play, this.playing ? words.pause : words.play);
    setText(this.note, ready ? '' : words.computing);
    if (!ready) return;
    this.slider.max = this.lanes.lanes.length - 1;
    this.slider.setAttribute('aria-label', this.live.drag.label);
    this.place();
  }

  place() {
    this.slider.value = this.index;
    this.slider.setAttribute('aria-valuetext', this.lanes.lanes[this.index].label);
    setText(this.value, this.lanes.lanes[this.index].label);
  }

  get index() {
    return this.held ?? this.lanes.lanes.findIndex(lane => lane.label === this.live.drag.value);
  }

  /** The figures to show, and the names of those that still show another value. */
  over(figures) {
    if (!this.ready || this.index < 0) return { figures, stale: new Set() };
    const moved = new Map(this.lanes.lanes[this.index].figures.map(figure => [figure.name, figure]));
    const away = this.lanes.lanes[this.index].label !== this.live.drag.value;
    const still = figures.filter(figure => !moved.has(figure.name)).map(figure => figure.name);
    const shown = figure => {
      const lane = moved.get(figure.name);
      return lane && !away && hasBand(figure) ? onAxesOf(lane, figure) : (lane ?? figure);
    };
    return { figures: figures.map(shown), stale: new Set(away ? still : []) };
  }

  hold(index) {
    this.held = index;
    this.place();
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (!this.ready) return;
      this.deck.verdict.say(this.lanes.lanes[this.index].verdict);
      this.deck.pins.follow(this.lanes.lanes[this.index].cells);
      this.deck.show();
    });
  }

  /** Each key press changes the value; it is released after the last one of a series. */
  letGoSoon() {
    clearTimeout(this.leaving);
    this.leaving = setTimeout(() => this.letGo(), KEY_PAUSE_MS);
  }

  letGo() {
    clearTimeout(this.leaving);
    this.leaving = null;
    if (!this.ready || this.index < 0) return; // the user has chosen something else meanwhile
    this.stop();
    const { label, value } = this.lanes.lanes[this.index];
    if (label === this.live.drag.value) this.held = null;
    else this.deck.act({ do: 'release', parameter: this.live.drag.parameter, value });
  }

  start() {
    let last = performance.now();
    const tick = now => {
      if (now - last >= 1000 / LANES_A_SECOND) {
        last = now;
        const next = this.index + 1;
        if (next < this.lanes.lanes.length) this.hold(next);
        else if (this.loop.checked) this.hold(0);
        else return this.letGo();
      }
      this.playing = requestAnimationFrame(tick);
    };
    this.playing = requestAnimationFrame(tick);
    setText(this.play, words.pause);
  }

  stop() {
    if (!this.playing) return;
    cancelAnimationFrame(this.playing);
    this.playing = null;
    setText(this.play, words.play);
  }
}
