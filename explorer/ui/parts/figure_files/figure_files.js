// Saves a figure that plotly has drawn. Its own toolbar knows one format at a time and is asked for the other by hand:
// it reads the options when its button is clicked.

const FINE = 2; // pixels of a PNG to one of the screen

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

// The style lies beside what is built here, in the same place: only the own part is replaced.
export default function start({ data, parentElement }) {
  const buttons = (parentElement.figureFiles ??= parentElement.appendChild(document.createElement('div')));
  buttons.className = 'figure-files';
  buttons.replaceChildren(...data.buttons.map(button => made(data, button)));
}
