// The deck's entrance: blocks lie in the inbox and are taken out in the order in which they came.

import { Deck } from './deck.js';
import { make } from './elements.js';
import { words } from './numbers.js';
import { unpack } from './payload.js';

let deck = null; // one a page
let library = {}; // arrays of the pins, by digest
let waiting = null; // a live block that names arrays which have not come yet

function receive(component) {
  const header = unpack(component.data, library);
  if (header.kind === 'library') takeLibrary(header);
  else if (header.missing) waiting = component;
  else if (header.kind === 'lanes') deck.drag.take(header);
  else if (header.kind === 'stage') deck.stage.take(header);
  else takeLive(header, component);
}

function takeLibrary(header) {
  library = header.arrays;
  const next = waiting;
  waiting = null;
  if (next) receive(next);
}

function takeLive(header, { parentElement, setTriggerValue }) {
  if (deck.element.parentNode !== parentElement) parentElement.append(deck.element);
  deck.take(header, act => setTriggerValue('act', act));
}

function open(palettes) {
  deck ??= new Deck(palettes);
  for (const component of globalThis.deckInbox?.splice(0) ?? []) {
    try {
      component.parentElement.querySelector('.failed')?.remove();
      receive(component);
    } catch (error) {
      console.error(error);
      const said = make('p', { className: 'failed', role: 'alert', textContent: words.failed });
      component.parentElement.prepend(said);
      deck.element.remove(); // and with it the verdict that stands in for the page's
    }
  }
}

export default function start({ data }) {
  Object.assign(words, data.words);
  globalThis.openDeckInbox = () => open(data.palettes);
  open(data.palettes);
}
