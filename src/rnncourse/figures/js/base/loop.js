// Work in the page without freezing it: a slice a frame, and none while nobody looks.

const SLICE = 12; // ms of each frame

/**
 * Call `work` again and again, frame by frame, while it is started, on screen and on top.
 *
 * @param {HTMLElement} el The figure: the loop rests while it is off the screen.
 * @param {object} options
 * @param {() => boolean|"rest"} options.work One short piece of work; false ends the loop, "rest"
 *   leaves what is left of this frame alone.
 * @param {() => void} [options.afterFrame] Called once a frame, after its slice: draw here.
 * @param {(running: boolean) => void} [options.onChange] Called when it starts and stops.
 */
export function frameLoop(el, { work, afterFrame, onChange }) {
  let running = false;
  let visible = true;
  let request = 0;

  function frame() {
    request = 0;
    const end = performance.now() + SLICE;
    let more = true;
    do more = work();
    while (more === true && performance.now() < end);
    afterFrame?.();
    if (!more) stop();
    else schedule();
  }
  function schedule() {
    if (running && visible && !request) request = requestAnimationFrame(frame);
  }
  function start() {
    if (running) return;
    running = true;
    onChange?.(true);
    schedule();
  }
  function stop() {
    cancelAnimationFrame(request);
    request = 0;
    if (!running) return;
    running = false;
    onChange?.(false);
  }
  const observer = new IntersectionObserver((entries) => {
    visible = entries[entries.length - 1].isIntersecting;
    if (visible) schedule();
    else {
      cancelAnimationFrame(request);
      request = 0;
    }
  });
  observer.observe(el);
  return {
    start,
    stop,
    get running() {
      return running;
    },
    destroy() {
      stop();
      observer.disconnect();
    },
  };
}
