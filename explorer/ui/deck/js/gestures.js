// Hands on a figure: hover and touch move the crosshair, a click keeps it, a drag or a pinch zooms; keys do all of it.

import { boxesOf, stepAt } from './geometry.js';

const LEAST_DRAG = 8; // pixels: less is a click
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

/** Where the pointer is, in the figure's own pixels. */
function placeOf(figure, event) {
  const { scale } = figure.deck;
  return { x: event.offsetX / scale, y: event.offsetY / scale };
}

function stepUnder(figure, event) {
  const box = boxesOf(figure.figure, figure.width, figure.figure.height)[0];
  return stepAt(placeOf(figure, event).x, figure.deck.view, box);
}

/** Which panel, and which unit of its heatmap, lies under the pointer. */
function pointedAt(figure, event) {
  const boxes = boxesOf(figure.figure, figure.width, figure.figure.height);
  const { y } = placeOf(figure, event);
  const panel = boxes.findIndex(box => y >= box.y && y < box.y + box.height);
  if (panel < 0) return null;
  const rows = figure.figure.panels[panel].heatmap?.rows ?? 0;
  return { panel, unit: 1 + Math.floor(((y - boxes[panel].y) / boxes[panel].height) * rows) };
}

function begin(figure, pointers, event) {
  const { x } = placeOf(figure, event);
  pointers.set(event.pointerId, { from: x, to: x });
  if (event.pointerType === 'touch') figure.deck.select(stepUnder(figure, event));
  else figure.canvas.setPointerCapture(event.pointerId);
  if (pointers.size === 2) figure.pinched = { view: figure.deck.view, apart: apart(pointers) };
}

function follow(figure, pointers, event) {
  const pointer = pointers.get(event.pointerId);
  figure.pointed = pointedAt(figure, event);
  if (pointer) pointer.to = placeOf(figure, event).x;
  if (figure.pinched && pointers.size === 2) return pinch(figure, pointers);
  if (event.pointerType === 'touch') return figure.deck.select(stepUnder(figure, event));
  if (pointer && Math.abs(pointer.to - pointer.from) >= LEAST_DRAG) {
    const boxes = boxesOf(figure.figure, figure.width, figure.figure.height);
    const bottom = boxes[boxes.length - 1];
    figure.selection = { ...pointer, top: boxes[0].y, height: bottom.y + bottom.height - boxes[0].y };
  }
  figure.deck.hover(stepUnder(figure, event));
}

function apart(pointers) {
  const [a, b] = [...pointers.values()];
  return Math.max(20, Math.abs(a.to - b.to));
}

function pinch(figure, pointers) {
  const { view, apart: before } = figure.pinched;
  const share = before / apart(pointers);
  const middle = (view.from + view.to) / 2;
  const half = ((view.to - view.from) / 2) * share;
  figure.deck.zoom({ from: Math.round(middle - half), to: Math.round(middle + half) });
}

function end(figure, pointers, event) {
  const pointer = pointers.get(event.pointerId);
  forget(figure, pointers, event);
  if (!pointer || event.pointerType === 'touch') return;
  if (Math.abs(pointer.to - pointer.from) < LEAST_DRAG) return figure.deck.select(stepUnder(figure, event));
  const box = boxesOf(figure.figure, figure.width, figure.figure.height)[0];
  const ends = [pointer.from, pointer.to].map(x => stepAt(x, figure.deck.view, box)).sort((a, b) => a - b);
  figure.deck.zoom({ from: ends[0], to: ends[1] });
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
