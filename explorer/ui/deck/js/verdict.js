// The verdict above the figures. The page has it as well, for when there is no deck; here it changes with the picture,
// in the same frame, and while a value is dragged it says what holds for that value.

import { make } from './elements.js';

export class Verdict {
  constructor() {
    this.element = make('section', { className: 'verdict' });
  }

  /** Says what the page says; see ui/style.py for how the page's own gives way. */
  follow() {
    this.say(document.querySelector('.verdict.source')?.innerHTML ?? '');
  }

  /** `html` is what the server made of its own sentences, escaped there. */
  say(html) {
    if (html === this.said) return;
    this.said = html;
    this.element.innerHTML = html;
  }
}
