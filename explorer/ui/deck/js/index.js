// The deck's entry point: it takes blocks from the inbox in the order of their arrival.

import { Deck } from './deck.js';
import { look } from './look.js';
import { words } from './numbers.js';
import { unpack } from './payload.js';

let deck = null; // one per page
let library = {}; // arrays of the pins, by digest
const waiting = new Map(); // kind → block that refers to arrays which have not arrived yet

function receive(component) {
  const header = unpack(component.data, library);
  if (header.kind === 'library') takeLibrary(header);
  else if (header.missing) waiting.set(header.kind, component);
  else if (header.kind === 'lanes') deck.drag.take(header);
  else if (header.kind === 'stage') deck.stage.take(header);
  else if (header.kind === 'seeds') deck.takeSeeds(header);
  else takeLive(header, component);
}

function takeLibrary(header) {
  library = header.arrays;
  const next = [...waiting.values()];
  waiting.clear();
  next.forEach(receive);
}

function takeLive(header, { parentElement, setTriggerValue }) {
  if (deck.element.parentNode !== parentElement) parentElement.append(deck.element);
  deck.take(header, act => setTriggerValue('act', act));
}

function open() {
  for (const component of globalThis.deckInbox?.splice(0) ?? []) {
    try {
      deck ??= new Deck();
      receive(component);
    } catch (error) {
      console.error(error);
      deck?.element.remove(); // the page then shows its own verdict and a message, see ui/style.py
      deck = null;
    }
  }
}

export default function start({ data }) {
  Object.assign(words, data.words);
  Object.assign(look, data.look);
  globalThis.openDeckInbox = open;
  open();
}
