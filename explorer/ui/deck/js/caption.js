// What stands below a figure: one sentence, and the rest behind "more".

import { button, make, setText } from './elements.js';
import { words } from './numbers.js';

export class Caption {
  constructor() {
    this.lead = make('span');
    this.rest = make('span', { hidden: true });
    this.more = button('', () => this.toggle(), { className: 'more', 'aria-expanded': 'false' });
    this.element = make('p', { className: 'caption' }, this.lead, ' ', this.rest, ' ', this.more);
  }

  show({ title, caption, more: rest }) {
    this.title = title;
    setText(this.lead, caption);
    setText(this.rest, rest);
    this.more.hidden = !rest;
    this.name();
  }

  toggle() {
    this.rest.hidden = !this.rest.hidden;
    this.more.setAttribute('aria-expanded', String(!this.rest.hidden));
    this.name();
  }

  name() {
    if (!setText(this.more, this.rest.hidden ? words.more : words.less)) return;
    this.more.setAttribute('aria-label', `${this.more.textContent}: ${this.title}`);
  }
}
