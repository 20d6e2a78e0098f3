// A memory with switches: c ← f·c + i·x, y = o·c.

export const SWITCHES = ["i", "f", "o"];
export const SWITCH_NAMES = { i: "write i", f: "keep f", o: "read o" };

/**
 * Run the memory from c = 0.
 *
 * @param {Array<[string, number]>} stream Commands with their numbers.
 * @param {Object<string, number[]>} switches For each command i, f and o, each 0 or 1.
 * @param {string} there Which switches there are; the others are 1.
 * @returns {{c: number[], y: number[]}}
 */
export function runMemory(stream, switches, there) {
  const c = [];
  const y = [];
  let held = 0;
  for (const [command, x] of stream) {
    const [i, f, o] = switches[command].map((value, place) =>
      there.includes(SWITCHES[place]) ? value : 1,
    );
    held = f * held + i * x;
    c.push(held);
    y.push(o * held);
  }
  return { c, y };
}

/** The memory's equations as far as they are built. */
export function equations(there) {
  const keep = there.includes("f") ? "f · c" : "c";
  const write = there.includes("i") ? "i · x" : "x";
  const read = there.includes("o") ? "o · c" : "c";
  return `c ← ${keep} + ${write},  y = ${read}`;
}
