// The verdict above the figures. The page has it as well, for when there is no deck (ui/style.py says how that one gives
// way); here it changes in the frame of the figures, and while a value is dragged it says what holds for that value.

import { make } from './elements.js';

export class Verdict {
  constructor() {
    this.element = make('section', { className: 'verdict' });
  }

  /** `html` is what the server made of its own sentences, escaped there. */
  say(html) {
    if (html === this.said) return;
    this.said = html;
    this.element.innerHTML = html;
  }
}
