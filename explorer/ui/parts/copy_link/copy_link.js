// Copies the page's address. Streamlit calls the default export on every update, so it builds its elements only once.

const SAID_MS = 4000;

function build(parent) {
  const place = parent.appendChild(document.createElement('div'));
  const button = document.createElement('button');
  const said = document.createElement('span');
  const address = document.createElement('input');
  button.type = 'button';
  said.setAttribute('role', 'status');
  Object.assign(address, { readOnly: true, hidden: true });
  place.className = 'copy-link';
  place.append(button, said, address);
  return { button, said, address };
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not allowed, or missing: a page without HTTPS has no clipboard
  }
}

async function copy({ said, address }, words) {
  const link = location.href;
  const done = await copied(link);
  address.hidden = done;
  address.value = link;
  said.textContent = done ? words.copied : words.copy_yourself;
  if (done) setTimeout(() => (said.textContent = ''), SAID_MS);
  else address.select();
}

export default function start({ data: words, parentElement }) {
  const parts = (parentElement.copyLink ??= build(parentElement));
  parts.button.textContent = words.copy_link;
  parts.address.setAttribute('aria-label', words.link);
  parts.button.onclick = () => copy(parts, words);
}
