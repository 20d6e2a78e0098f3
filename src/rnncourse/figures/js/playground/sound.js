// The gradient on its way back as a tone: from the last step to the first, deeper where it is smaller.

import { button } from "../base/controls.js";
import { CELL_NAMES } from "./words.js";

const STEP = 0.12; // s
const TOP = 1320; // Hz: the gradient at the last step
const DECADES = 3; // an octave down
const LOWEST = 60; // Hz

/** A frequency for a size, of the one at the last step; 0, silence, for what is 0 or no number. */
export function pitchOf(size) {
  if (!(size > 0) || size === Infinity) return 0;
  return Math.max(TOP * 2 ** (Math.log10(size) / DECADES), LOWEST);
}

/**
 * A button that plays and stops. Nothing sounds until it is pressed.
 *
 * @param {() => object[]} runs Who is heard, one after the other.
 * @param {() => "x"|"h"|"c"} quantity
 * @param {(words: string) => void} say
 */
export function gradientSound(runs, quantity, say) {
  const control = button({ label: "Hear the gradient", onClick: () => (audio ? stop() : play()) });
  let audio = null;

  function stop() {
    audio?.close();
    audio = null;
    control.label = "Hear the gradient";
  }
  function play() {
    const heard = runs().filter((run) => run.norms(quantity()));
    const sizes = heard.flatMap((run) => {
      const norms = [...run.norms(quantity())].reverse();
      return [...norms.map((norm) => norm / norms[0]), 0];
    });
    audio = new AudioContext();
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    tone.connect(volume).connect(audio.destination);
    sizes.map(pitchOf).forEach((pitch, k) => {
      const at = audio.currentTime + k * STEP;
      if (pitch) tone.frequency.setValueAtTime(pitch, at);
      volume.gain.setTargetAtTime(pitch ? 0.1 : 0, at, 0.01);
    });
    tone.onended = stop;
    tone.start();
    tone.stop(audio.currentTime + sizes.length * STEP);
    control.label = "Stop the sound";
    const names = heard.map(({ cell }) => CELL_NAMES[cell]).join(", then ");
    say(`You hear the gradient of the ${names}, from the last step back; an octave is a thousandth.`);
  }
  return { root: control.root, destroy: stop };
}
