// The toolbar: actions on the deck as a whole.

import { button, make, setText } from './elements.js';
import { fill, words } from './numbers.js';
import { savePicture } from './picture.js';

export class Toolbar {
  constructor(deck) {
    this.deck = deck;
    this.pin = button('', () => deck.act({ do: 'pin' }), { className: 'pin' });
    this.choice = make('select', { onchange: () => deck.act({ do: 'drag', parameter: this.choice.value }) });
    this.choiceName = make('span');
    this.slow = button('', () => this.openSlow(), { className: 'slow' });
    this.step = make('input', { type: 'range', min: 1, oninput: () => this.chooseStep() });
    this.stepName = make('output');
    this.take = button('', () => deck.act({ do: 'choose', step: deck.step }), { hidden: true });
    this.reset = button('', () => deck.zoom(null));
    this.all = button('', () => this.saveAll());
    this.element = make(
      'div',
      { className: 'toolbar', role: 'group' },
      this.pin,
      make('label', {}, this.choiceName, this.choice),
      this.slow,
      make('label', { className: 'step' }, this.stepName, this.step),
      this.take,
      this.reset,
      this.all,
    );
  }

  show(header) {
    this.element.setAttribute('aria-label', words.toolbar);
    const { without = [] } = header; // tools that have no meaning for these figures
    this.pin.hidden = without.includes('pin');
    this.choice.parentElement.hidden = without.includes('drag');
    this.slow.hidden = without.includes('slow');
    this.take.hidden = without.includes('choose') || header.axis === undefined;
    setText(this.take, words.take_step ?? '');
    setText(this.pin, words.pin);
    this.pin.title = words.pin_help;
    this.pin.disabled = header.pins.full;
    setText(this.choiceName, words.drag);
    this.choice.title = words.drag_help;
    setText(this.slow, words.slow);
    this.slow.title = words.slow_help;
    this.slow.setAttribute('aria-pressed', String(header.slow));
    setText(this.reset, words.whole);
    this.reset.title = words.whole_help;
    setText(this.all, words.picture_all);
    this.step.setAttribute('aria-label', words.step_help);
    this.showChoices(header.drag);
  }

  showChoices({ parameter, choices }) {
    const spelled = JSON.stringify(choices);
    if (spelled !== this.spelled) {
      const options = choices.map(({ name, label }) => make('option', { value: name, textContent: label }));
      this.choice.replaceChildren(make('option', { value: '', textContent: words.drag_nothing }), ...options);
    }
    this.spelled = spelled;
    this.choice.value = parameter;
  }

  showStep() {
    const { step, steps, zoomed } = this.deck;
    this.step.max = steps;
    this.step.value = step ?? steps;
    setText(this.stepName, step === null ? words.no_step : fill(words.step, { step }));
    this.reset.disabled = zoomed === null;
    this.take.disabled = step === null;
  }

  chooseStep() {
    this.deck.select(Number(this.step.value));
    this.deck.speak(this.deck.shownViews[0]);
  }

  openSlow() {
    this.deck.stage.wanted = true;
    this.deck.act({ do: 'slow' });
  }

  saveAll() {
    const { shownViews: views } = this.deck;
    const figures = views.map(view => view.figure);
    savePicture('gradient-flow', figures, { ...views[0].scene() });
  }
}
