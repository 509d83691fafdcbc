// A canvas context that records its calls, with the look at each call.

const METHODS = ['beginPath', 'moveTo', 'lineTo', 'stroke', 'fill', 'arc', 'setLineDash', 'fillRect', 'fillText'];
const OTHERS = ['save', 'restore', 'clip'];

/** `of(method)`: the calls of a method in order, each with its arguments and the context's look. */
export function noting() {
  const calls = [];
  const ctx = {
    calls,
    of: name => calls.filter(call => call.name === name),
    measureText: text => ({ width: 7 * text.length }),
  };
  for (const name of METHODS)
    ctx[name] = (...given) => {
      const { fillStyle, strokeStyle, textAlign, textBaseline } = ctx;
      calls.push({ name, given, look: { fillStyle, strokeStyle, textAlign, textBaseline } });
    };
  for (const name of OTHERS) ctx[name] = () => {};
  return ctx;
}
