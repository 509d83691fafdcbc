// Helpers that make the deck's elements; text is always set as text, never as markup.

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'role' || name === 'for') element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

export function button(text, onclick, properties = {}) {
  return make('button', { type: 'button', textContent: text, onclick, ...properties });
}

/** Sets a text if it differs, as an unchanged node costs no layout; returns whether it was set. */
export function setText(element, text) {
  if (element.textContent === text) return false;
  element.textContent = text;
  return true;
}

/** A short line in a series' colour and dash. */
export function swatch(colour, dash, width) {
  const space = 'http://www.w3.org/2000/svg';
  const picture = document.createElementNS(space, 'svg');
  const line = document.createElementNS(space, 'line');
  for (const [name, value] of Object.entries({ width: 34, height: 10, 'aria-hidden': 'true' }))
    picture.setAttribute(name, value);
  const look = { x1: 1, x2: 33, y1: 5, y2: 5, stroke: colour, 'stroke-width': width, 'stroke-dasharray': dash.join(' ') };
  for (const [name, value] of Object.entries(look)) line.setAttribute(name, value);
  picture.append(line);
  return picture;
}
