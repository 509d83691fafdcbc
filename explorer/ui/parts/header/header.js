// Undo and redo, which walk through the browser's history of this page, by buttons and by Ctrl-Z.

const TYPED_INTO = 'input:not([type=range], [type=radio], [type=checkbox]), textarea, [contenteditable=true]';

/** Whether the history has a step of this page in that direction; a browser that cannot tell is taken at its word. */
function can(direction) {
  const steps = window.navigation;
  if (!steps) return true;
  return direction < 0 ? steps.canGoBack : steps.canGoForward;
}

function walk(direction) {
  if (can(direction)) history.go(direction);
}

function build(parent) {
  const place = parent.appendChild(document.createElement('div'));
  place.className = 'header-steps';
  const buttons = [-1, 1].map(direction => {
    const button = place.appendChild(document.createElement('button'));
    button.type = 'button';
    button.textContent = direction < 0 ? '↶' : '↷';
    button.onclick = () => walk(direction);
    return button;
  });
  const show = () => buttons.forEach((button, i) => (button.disabled = !can(i ? 1 : -1)));
  window.navigation?.addEventListener('currententrychange', show);
  addEventListener('keydown', event => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches?.(TYPED_INTO)) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    walk(key === 'y' || event.shiftKey ? 1 : -1);
  });
  return { buttons, show };
}

export default function start({ data: words, parentElement }) {
  const { buttons, show } = (parentElement.headerSteps ??= build(parentElement));
  const names = [words.undo, words.redo];
  buttons.forEach((button, i) => {
    button.setAttribute('aria-label', names[i]);
    button.title = names[i];
  });
  show();
}
