// A guide of three steps for a first visit, each of which notices when it is done: what it says of the picture holds for
// the page as it opens, and goes once the page is another one. Streamlit calls the default export on every update.

const SEEN = 'gradient-flow-guide';
const LOOK_MS = 200; // between two checks for the elements that a step is about
const GAP = 12; // pixels between the card and the curve
const ABOVE = 190; // pixels above the curve: the height of its buttons

const CURVE = '.deck .figure[data-name="gradients"] .place';
const STEPS = [ // `done`: whether the link shows that its task is done, `was` being the link when the step began
  { name: 'curve', about: [CURVE], done: (link, was) => String(link) !== String(was) },
  {
    name: 'drag',
    about: ['.deck .toolbar label:has(select)', '.deck .drag:not([hidden])'],
    done: (link, was) => link.get('gain') !== was.get('gain'),
  },
  {
    name: 'on',
    about: ['.st-key-view', '.st-key-story_menu', '.st-key-preset', '[data-testid="stExpandSidebarButton"]'],
    done: link => link.has('view') || link.has('story'),
  },
];

const linkNow = () => new URLSearchParams(location.search);

/** Whether this browser has shown the guide before; true without storage, so that it is not shown on every visit. */
function seen() {
  try {
    return localStorage.getItem(SEEN) !== null;
  } catch {
    return true;
  }
}

function isThere(element) {
  const { width, right } = element.getBoundingClientRect();
  return width > 0 && right > 0; // a folded sidebar is outside of the window
}

class Guide {
  constructor(parent) {
    this.parent = parent;
    this.at = 0;
    this.title = Object.assign(document.createElement('h2'), { id: 'guide-title' });
    this.text = Object.assign(document.createElement('p'), { id: 'guide-text' });
    this.count = Object.assign(document.createElement('span'), { className: 'count' });
    this.skip = Object.assign(document.createElement('button'), { type: 'button', onclick: () => this.close() });
    this.next = Object.assign(document.createElement('button'), { type: 'button', className: 'next', onclick: () => this.go() });
    this.outline = document.createElement('style');
    const row = Object.assign(document.createElement('div'), { className: 'row' });
    row.append(this.count, this.skip, this.next);
    this.card = Object.assign(document.createElement('div'), { className: 'guide', tabIndex: -1 });
    this.card.setAttribute('role', 'dialog');
    this.card.setAttribute('aria-labelledby', this.title.id);
    this.card.setAttribute('aria-describedby', this.text.id);
    this.text.setAttribute('aria-live', 'polite');
    this.card.append(this.title, this.text, row, this.outline);
    this.onKey = event => event.key === 'Escape' && this.hasFocus && this.close();
    this.watch = new ResizeObserver(() => this.clear());
    this.waiting = setInterval(() => this.appear(), LOOK_MS);
  }

  /** Whether the focus is in the card, or nowhere. */
  get hasFocus() {
    const { activeElement: active } = document;
    return active === null || active === document.body || this.card.contains(active);
  }

  get about() {
    return STEPS[this.at].about.flatMap(selector => [...document.querySelectorAll(selector)]).filter(isThere);
  }

  say(words) {
    this.words = words;
    const { name } = STEPS[this.at];
    const last = this.at === STEPS.length - 1;
    this.title.textContent = words[`${name}_title`];
    this.text.textContent = words[name];
    this.count.textContent = `${this.at + 1} / ${STEPS.length}`;
    this.skip.textContent = words.skip;
    this.skip.hidden = last;
    this.next.textContent = last ? words.done : words.next;
    if (last) this.text.append(' ', Object.assign(document.createElement('a'), { href: '?view=about', textContent: words.about }));
  }

  /** Shows the card once the elements of its step are there, and notes that this browser has seen it. */
  appear() {
    if (!this.parent.isConnected) clearInterval(this.waiting);
    else if (this.about.length) {
      clearInterval(this.waiting);
      localStorage.setItem(SEEN, 'seen');
      this.parent.append(this.card);
      document.addEventListener('keydown', this.onKey);
      this.noticing = setInterval(() => this.notice(), LOOK_MS);
      if (this.hasFocus) this.card.focus({ preventScroll: true });
      this.point();
    }
  }

  /** Goes on when the step's task is done, by whatever control. */
  notice() {
    if (!this.card.isConnected) clearInterval(this.noticing);
    else if (STEPS[this.at].done(linkNow(), this.was)) this.go();
  }

  /** Outlines the step's elements; watches the drag's row, which may push the curve down. */
  point() {
    this.was = linkNow();
    this.outline.textContent = `${STEPS[this.at].about} { outline: 2px solid #D55E00; outline-offset: 3px; border-radius: 2px; }`;
    this.watch.observe(document.querySelector('.deck .drag'));
    this.clear();
  }

  /** Keeps the card off the curve: where they overlap, the page is scrolled until the curve is above the card. */
  clear() {
    const curve = document.querySelector(CURVE);
    const [mine, its] = [this.card, curve].map(element => element?.getBoundingClientRect());
    if (!its || mine.left > its.right || mine.right < its.left) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    curve.style.scrollMargin = `${ABOVE}px 0 ${mine.height + 2 * GAP}px`;
    curve.scrollIntoView({ block: 'nearest', behavior: still ? 'instant' : 'smooth' });
  }

  go() {
    if (this.at === STEPS.length - 1) this.close();
    else {
      this.at += 1;
      this.say(this.words);
      this.point();
    }
  }

  /** Removes the card; the focus goes to the step's element, so that Tab continues from there. */
  close() {
    const inside = this.card.contains(document.activeElement);
    const next = this.about[0]?.querySelector('select, input, button, canvas[tabindex]');
    document.removeEventListener('keydown', this.onKey);
    clearInterval(this.noticing);
    this.watch.disconnect();
    this.card.remove();
    if (inside) next?.focus({ preventScroll: true });
  }
}

export default function start({ data: words, parentElement }) {
  if (parentElement.guide) parentElement.guide.say(words);
  else if (!seen()) (parentElement.guide = new Guide(parentElement)).say(words);
}
