// A pole on a cart: `rnnbook.tasks.CartPole`, whose constants these are.

export const SECONDS = 0.02; // of a step
export const TRACK = 2.4; // m to either side
export const TILT = 0.2094395; // 12 degrees
const [GRAVITY, CART, POLE] = [9.8, 1, 0.1]; // m/s², kg, kg
const BEGIN = 0.05; // each of the four numbers begins within ± this
const FLAT = Math.PI / 2;

/** Position, velocity, angle and angular velocity at the begin: upright, and nearly at rest. */
export function upright(random) {
  return Array.from({ length: 4 }, () => rounded((2 * random.uniform() - 1) * BEGIN));
}

/** The state after a step, by Euler's method; `length` is that of half the pole. */
export function moved([x, speed, angle, turn], force, length) {
  const [sin, cos, mass] = [Math.sin(angle), Math.cos(angle), CART + POLE];
  const pushed = (force + POLE * length * turn ** 2 * sin) / mass;
  const turning =
    (GRAVITY * sin - cos * pushed) / (length * (4 / 3 - (POLE * cos ** 2) / mass));
  const faster = pushed - (POLE * length * turning * cos) / mass;
  const after = [x + SECONDS * speed, speed + SECONDS * faster];
  return [...after, angle + SECONDS * turn, turn + SECONDS * turning].map(rounded);
}

/** "pole" or "track", or empty where it still stands. */
export function howFallen([x, , angle]) {
  if (Math.abs(angle) > TILT) return "pole";
  return Math.abs(x) > TRACK ? "track" : "";
}

/** A pole that has fallen goes on until it lies flat, on a cart that no longer moves. */
export function tumbled([x, , angle, turn], length) {
  const [, , further, faster] = moved([x, 0, angle, turn], 0, length);
  return Math.abs(further) < FLAT ? [x, 0, further, faster] : [x, 0, FLAT * Math.sign(further), 0];
}

// What differs in the sixteenth digit, from one machine to the next, would become ten times as
// large each 0.6 s, because an upright pole is unstable. A fiftieth of a rounded number may lie right
// between two others, so what is between goes up from 0.49 on.
function rounded(value) {
  return Math.floor(value * 1e9 + 0.51) / 1e9;
}
