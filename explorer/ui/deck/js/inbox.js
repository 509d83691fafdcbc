// Hands what Streamlit brings to the deck's script, which may still be on its way. An element a block; see index.js.

export default function deliver(component) {
  (globalThis.deckInbox ??= []).push(component);
  globalThis.openDeckInbox?.();
}
