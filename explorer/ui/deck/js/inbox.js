// Passes blocks from Streamlit to the deck's script, which may not be loaded yet. One element per block; see index.js.

export default function deliver(component) {
  (globalThis.deckInbox ??= []).push(component);
  globalThis.openDeckInbox?.();
}
