// The verdict above the figures. The page has its own for when there is no deck (ui/style.py hides it otherwise); this
// one changes in the same frame as the figures, and during a drag it is that of the dragged value.

import { make } from './elements.js';

export class Verdict {
  constructor() {
    this.element = make('section', { className: 'verdict' });
  }

  /** Shows the verdict; `html` is made and escaped by the server. */
  say(html) {
    if (html === this.said) return;
    this.said = html;
    this.element.innerHTML = html;
  }
}
