// Saves a plotly figure. Plotly's own toolbar has one format at a time, but it reads its options on each click: so the
// format is set, and its button is clicked.

const FINE = 2; // pixels of the PNG per pixel of the screen

function save({ figure, name }, format) {
  const drawn = document.querySelector(`.st-key-${CSS.escape(figure)} .js-plotly-plot`);
  const button = drawn?.querySelector('.modebar-btn[data-title*="ownload"]');
  if (!button) return;
  drawn._context.toImageButtonOptions = { format, filename: name, scale: format === 'png' ? FINE : 1 };
  button.click();
}

function made(data, { format, label, help }) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', textContent: label, title: help, onclick: () => save(data, format) });
  return button;
}

// The component's <style> is in the same parent element, so only the own <div> is replaced.
export default function start({ data, parentElement }) {
  const buttons = (parentElement.figureFiles ??= parentElement.appendChild(document.createElement('div')));
  buttons.className = 'figure-files';
  buttons.replaceChildren(...data.buttons.map(button => made(data, button)));
}
