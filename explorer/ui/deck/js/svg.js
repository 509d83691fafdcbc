// A drawing context that writes SVG. It has only those methods of a canvas that figures use. Texts stay texts.

const SPACE = 'http://www.w3.org/2000/svg';
const ANCHORS = { left: 'start', center: 'middle', right: 'end' };
const LOOK = ['fillStyle', 'strokeStyle', 'lineWidth', 'lineJoin', 'font', 'textAlign', 'textBaseline', 'dash', 'place'];
const FONT_PARTS = /^(?:(?<weight>\d+) )?(?<size>[\d.]+)px (?<family>.+)$/;
const TRANSLUCENT = /^rgba\(([^,]+),([^,]+),([^,]+),([^)]+)\)$/;

export class SvgContext {
  constructor(width, height) {
    this.root = node('svg', { width, height, viewBox: `0 0 ${width} ${height}` });
    this.definitions = append(this.root, 'defs');
    this.place = this.root; // the group that elements are added to
    this.saved = [];
    this.path = '';
    this.ruler = document.createElement('canvas').getContext('2d');
    const look = { fillStyle: '#000', strokeStyle: '#000', lineWidth: 1, lineJoin: 'miter', font: '10px sans-serif' };
    Object.assign(this, look, { textAlign: 'left', textBaseline: 'alphabetic', dash: [] });
  }

  get text() {
    return new XMLSerializer().serializeToString(this.root);
  }

  save() {
    this.saved.push(LOOK.map(name => this[name]));
  }

  restore() {
    const look = this.saved.pop();
    LOOK.forEach((name, i) => (this[name] = look[i]));
  }

  translate(x, y) {
    this.place = append(this.place, 'g', { transform: `translate(${hundredths(x)} ${hundredths(y)})` });
  }

  rotate(angle) {
    this.place = append(this.place, 'g', { transform: `rotate(${hundredths((angle * 180) / Math.PI)})` });
  }

  clip() {
    append(this.define('clipPath'), 'path', { d: this.path });
    this.place = append(this.place, 'g', { 'clip-path': `url(#${this.definitions.lastChild.id})` });
  }

  beginPath() {
    this.path = '';
  }

  moveTo(x, y) {
    this.path += `M${hundredths(x)} ${hundredths(y)}`;
  }

  lineTo(x, y) {
    this.path += `${this.path ? 'L' : 'M'}${hundredths(x)} ${hundredths(y)}`;
  }

  rect(x, y, width, height) {
    this.path += `M${hundredths(x)} ${hundredths(y)}h${hundredths(width)}v${hundredths(height)}h${hundredths(-width)}z`;
  }

  /** Whole circles only. */
  arc(x, y, radius) {
    const half = by => `a${radius} ${radius} 0 1 0 ${hundredths(by)} 0`;
    this.path += `M${hundredths(x - radius)} ${hundredths(y)}${half(2 * radius)}${half(-2 * radius)}z`;
  }

  stroke() {
    const line = { d: this.path, fill: 'none', 'stroke-width': this.lineWidth, 'stroke-linejoin': this.lineJoin };
    if (this.dash.length) line['stroke-dasharray'] = this.dash.join(' ');
    append(this.place, 'path', { ...line, ...painted('stroke', this.strokeStyle) });
  }

  fill() {
    append(this.place, 'path', { d: this.path, ...painted('fill', this.fillStyle) });
  }

  fillRect(x, y, width, height) {
    const at = { x: hundredths(x), y: hundredths(y), width: hundredths(width), height: hundredths(height) };
    append(this.place, 'rect', { ...at, ...painted('fill', this.fillStyle) });
  }

  setLineDash(dash) {
    this.dash = dash;
  }

  measureText(text) {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  /** Computes the baseline itself, as SVG programs only agree on the alphabetic one. */
  fillText(text, x, y, most = Infinity) {
    const { weight, size, family } = fontParts(this.font);
    const { width } = this.measureText(text);
    const ascent = textBaseline => Object.assign(this.ruler, { textBaseline }).measureText(text).fontBoundingBoxAscent;
    const at = { x: hundredths(x), y: hundredths(y + ascent('alphabetic') - ascent(this.textBaseline)) };
    const type = { 'font-family': family, 'font-size': size, 'font-weight': weight, 'text-anchor': ANCHORS[this.textAlign] };
    const squeezed = width > most ? { textLength: hundredths(most), lengthAdjust: 'spacingAndGlyphs' } : {};
    append(this.place, 'text', { ...at, ...type, ...squeezed, ...painted('fill', this.fillStyle) }).textContent = text;
  }

  createLinearGradient(x1, y1, x2, y2) {
    const gradient = this.define('linearGradient', { gradientUnits: 'userSpaceOnUse', x1, y1, x2, y2 });
    return {
      addColorStop: (offset, colour) => append(gradient, 'stop', { offset, 'stop-color': colour }),
      toString: () => `url(#${gradient.id})`,
    };
  }

  /** Embeds a part of a picture in the file as a PNG. */
  drawImage(picture, left, top, columns, rows, x, y, width, height) {
    const part = document.createElement('canvas');
    [part.width, part.height] = [columns, rows];
    part.getContext('2d').drawImage(picture, left, top, columns, rows, 0, 0, columns, rows);
    const at = { x: hundredths(x), y: hundredths(y), width: hundredths(width), height: hundredths(height), preserveAspectRatio: 'none' };
    const style = this.imageSmoothingEnabled ? {} : { style: 'image-rendering: pixelated' };
    append(this.place, 'image', { href: part.toDataURL('image/png'), ...at, ...style });
  }

  define(tag, attributes = {}) {
    return append(this.definitions, tag, { id: `${tag}-${this.definitions.childNodes.length + 1}`, ...attributes });
  }
}

function node(tag, attributes = {}) {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function append(parent, tag, attributes) {
  return parent.appendChild(node(tag, attributes));
}

/** Weight, size in pixels and family of a canvas's font. */
export function fontParts(font) {
  const { weight = '400', size, family } = FONT_PARTS.exec(font).groups;
  return { weight, size, family };
}

/** A number rounded to hundredths of a pixel, which is finer than anyone sees. */
export function hundredths(number) {
  return Math.round(number * 100) / 100;
}

/** Attributes with the colour and its opacity apart, as some programs cannot read both in one. */
export function painted(kind, colour) {
  const parts = TRANSLUCENT.exec(String(colour));
  if (!parts) return { [kind]: String(colour) };
  const [, red, green, blue, alpha] = parts;
  return { [kind]: `rgb(${red},${green},${blue})`, [`${kind}-opacity`]: alpha };
}
