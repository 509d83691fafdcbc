// Notes the time of each frame in which the deck's first figure was drawn with another lane. Runs before the page does.

(() => {
  const HERO = '.deck .figure canvas'; // the first that matches
  globalThis.frames_with_a_new_lane = [];
  let last;

  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...given) {
    const lane = document.querySelector('.deck .drag output')?.textContent;
    if (lane !== last && this.canvas === document.querySelector(HERO)) {
      last = lane;
      const now = document.timeline.currentTime;
      if (globalThis.frames_with_a_new_lane.at(-1) !== now) globalThis.frames_with_a_new_lane.push(now);
    }
    return clear.apply(this, given);
  };
})();
