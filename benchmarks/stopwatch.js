// Notes when the answer was first and last painted: the app's deck, or the bare page's text, or what `stopwatchWatches`
// selects. Runs before the page does.
//
// A change asks for the next frame, and a message posted from that frame comes back when the frame is done.

(() => {
  const ANSWER = globalThis.stopwatchWatches ?? '.deck, [data-testid="stText"]';
  const RUNNING = '[data-test-script-state="notRunning"]';
  const watch = (globalThis.stopwatch = {});
  let waiting = false;

  const painted = () => {
    watch.painted = performance.now();
    watch.first ||= watch.painted;
  };

  const change = () => {
    watch.changed = performance.now();
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const frame = new MessageChannel();
      frame.port1.onmessage = painted;
      frame.port2.postMessage(0);
    });
  };

  const within = node => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(ANSWER);
  const brings = ({ addedNodes }) => [...addedNodes].some(node => node.querySelector?.(ANSWER));
  new MutationObserver(records => {
    if (records.some(record => within(record.target) || brings(record))) change();
  }).observe(document, { subtree: true, childList: true, characterData: true });

  for (const name of ['clearRect', 'fillRect', 'fillText', 'stroke', 'drawImage']) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      if (this.canvas.closest(ANSWER)) change();
      return draw.apply(this, given);
    };
  }

  for (const hand of ['keydown', 'pointerdown'])
    window.addEventListener(hand, event => { watch.started = event.timeStamp; }, true);
  watch.reset = () => Object.assign(watch, { started: 0, changed: 0, first: 0, painted: 0 });
  watch.done = quiet =>
    watch.painted > watch.changed && performance.now() - watch.painted > quiet && document.querySelector(RUNNING) !== null;
  watch.reset();
})();
