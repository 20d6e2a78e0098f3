// How it goes, in words.

import { MOTOR, PUSHED_FOR } from "./balance.js";
import { DEGREES } from "./parts.js";
import { SECONDS } from "./world.js";

const NOTHING = "It carries nothing from step to step:";
const LATELY = 1.5; // s: a fall so soon after a push has to do with it

export const inSeconds = (seconds) =>
  `${seconds < 9.95 ? seconds.toFixed(1) : Math.floor(seconds + 1e-6)}\u00a0s`;

/** What it sees and what it carries: the difference between them. */
export function whatItHas({ kind, sees, frames, H }) {
  const all = sees.includes(1) || sees.includes(3);
  const seen = all ? "positions and velocities" : "positions alone, no velocities";
  if (kind === "gru") return `It sees ${seen}, and carries ${H} numbers from step to step.`;
  return frames > 1
    ? `It sees ${seen}, of this step and the ${frames - 1} before it.`
    : `It sees ${seen}, of this step alone.`;
}

export const hasMemory = ({ kind, frames }) => kind === "gru" || frames > 1;

/** The run that is there before anything is touched. */
export function describeFirst(policy, run, frozen) {
  const freeze = hasMemory(policy) ? "its memory frozen after 5\u00a0s" : "no memory to freeze";
  const event = frozen ? freeze : "a push after 5\u00a0s";
  return run.fell
    ? `${describeFall(policy, run)} ${whatItHas(policy)}`
    : `“${policy.name}” has balanced the pole for 10\u00a0s, with ${event}. ${whatItHas(policy)}`;
}

export function describeFall(policy, { seconds, steps, state, fell, frozen, pushedAt }) {
  const [x, , angle] = state;
  const how =
    fell === "pole"
      ? `the pole leant more than 12° to the ${sideOf(angle)}`
      : `the cart left its track on the ${sideOf(x)}`;
  const ago = (steps - pushedAt) * SECONDS;
  const why = [
    ago < LATELY ? `${inSeconds(ago)} after a push` : "",
    frozen && hasMemory(policy) ? "with its memory frozen" : "",
  ].filter(Boolean);
  const when = why.length ? `, ${why.join(", ")}` : "";
  return `“${policy.name}” fell after ${inSeconds(seconds)}${when}: ${how}.`;
}

export function describePush(direction, newtons) {
  const lasts = inSeconds(PUSHED_FOR * SECONDS);
  const force = `${newtons}\u00a0N for ${lasts}. The motor has ${MOTOR}\u00a0N`;
  return `Pushed to the ${sideOf(direction)}: ${force}.`;
}

export function describeFreeze(policy, frozen) {
  if (!hasMemory(policy)) return `${NOTHING} there is nothing to freeze.`;
  return frozen
    ? "Its memory is frozen: it still sees each new step, but what it carries stays as it was."
    : "Its memory is its own again.";
}

export function describeWipe(policy) {
  return hasMemory(policy)
    ? "Its memory is wiped: it has to find out anew how fast things move."
    : `${NOTHING} there is nothing to wipe.`;
}

export function describeCaught({ name }) {
  return `“${name}” has caught it, and stands 2\u00a0s after the push.`;
}

/** The picture in words. */
export function describeCart({ name }, { state, fell }) {
  const [x, , angle] = state;
  const place = `${Math.abs(x).toFixed(2)}\u00a0m to the ${sideOf(x)} of the middle`;
  if (fell) return `The cart, ${place}; its pole has fallen to the ${sideOf(angle)}.`;
  const lean = (Math.abs(angle) * DEGREES).toFixed(1);
  return `“${name}” balances the cart, ${place}; its pole leans ${lean}° to the ${sideOf(angle)}.`;
}

export function describeStrip(probed) {
  const more = probed ? ", and what the state of the network says of it" : "";
  return `The last ten seconds: the angle of the pole, its angular velocity${more}.`;
}

function sideOf(value) {
  return value > 0 ? "right" : "left";
}
