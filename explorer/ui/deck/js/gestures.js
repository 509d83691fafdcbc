// Gestures: hover and touch move the crosshair, a click keeps it, a drag or a pinch zooms; keys can do it all.

import { extentOf, isDrag, panelUnder, stepsAcross, stepUnder } from './hits.js';
import { pinchedBy } from './views.js';

const KEYS = {
  ArrowLeft: (deck, big) => deck.move(big ? -10 : -1),
  ArrowRight: (deck, big) => deck.move(big ? 10 : 1),
  Home: deck => deck.select(deck.view.from),
  End: deck => deck.select(deck.view.to),
  Escape: deck => deck.select(null),
  '+': deck => deck.zoomBy(0.5),
  '=': deck => deck.zoomBy(0.5),
  '-': deck => deck.zoomBy(2),
  0: deck => deck.zoom(null),
};

export function listen(figure) {
  const { canvas, deck } = figure;
  canvas.addEventListener('keydown', event => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act(deck, event.shiftKey);
    deck.speak(figure);
  });
  const pointers = new Map();
  canvas.addEventListener('pointerdown', event => begin(figure, pointers, event));
  canvas.addEventListener('pointermove', event => follow(figure, pointers, event));
  canvas.addEventListener('pointerup', event => end(figure, pointers, event));
  canvas.addEventListener('pointercancel', event => forget(figure, pointers, event));
  canvas.addEventListener('pointerleave', () => leave(figure, pointers));
  canvas.addEventListener('dblclick', () => deck.zoom(null));
}

/** The pointer's position in the figure's own pixels. */
function placeOf(figure, event) {
  const { scale } = figure.deck;
  return { x: event.offsetX / scale, y: event.offsetY / scale };
}

function stepAtPointer(figure, event) {
  return stepUnder(figure.figure, figure.width, figure.deck.view, placeOf(figure, event).x);
}

function begin(figure, pointers, event) {
  const { x } = placeOf(figure, event);
  pointers.set(event.pointerId, { from: x, to: x });
  if (event.pointerType === 'touch') figure.deck.select(stepAtPointer(figure, event));
  else figure.canvas.setPointerCapture(event.pointerId);
  if (pointers.size === 2) figure.pinched = { view: figure.deck.view, apart: apart(pointers) };
}

function follow(figure, pointers, event) {
  const pointer = pointers.get(event.pointerId);
  figure.pointed = panelUnder(figure.figure, figure.width, placeOf(figure, event).y);
  if (pointer) pointer.to = placeOf(figure, event).x;
  if (figure.pinched && pointers.size === 2) return pinch(figure, pointers);
  if (event.pointerType === 'touch') return figure.deck.select(stepAtPointer(figure, event));
  if (pointer && isDrag(pointer)) figure.selection = { ...pointer, ...extentOf(figure.figure, figure.width) };
  figure.deck.hover(stepAtPointer(figure, event));
}

function apart(pointers) {
  const [a, b] = [...pointers.values()];
  return Math.max(20, Math.abs(a.to - b.to));
}

function pinch(figure, pointers) {
  const { view, apart: before } = figure.pinched;
  figure.deck.zoom(pinchedBy(view, before, apart(pointers)));
}

function end(figure, pointers, event) {
  const pointer = pointers.get(event.pointerId);
  forget(figure, pointers, event);
  if (!pointer || event.pointerType === 'touch') return;
  if (!isDrag(pointer)) return figure.deck.select(stepAtPointer(figure, event));
  figure.deck.zoom(stepsAcross(figure.figure, figure.width, figure.deck.view, pointer));
}

function forget(figure, pointers, event) {
  pointers.delete(event.pointerId);
  figure.selection = figure.pinched = null;
  figure.deck.drawCrosses();
}

function leave(figure, pointers) {
  if (pointers.size) return;
  figure.pointed = null;
  figure.deck.hover(null);
}
