// A canvas with the resolution of the screen.

/** Resizes the canvas if its size has changed. Returns its cleared context, in CSS pixels times `scale`. */
export function prepared(canvas, width, height, scale = 1) {
  const density = (devicePixelRatio || 1) * scale;
  const [across, down] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
  const ctx = canvas.getContext('2d');
  ctx.setTransform(density, 0, 0, density, 0, 0);
  ctx.clearRect(0, 0, width, height);
  return ctx;
}
