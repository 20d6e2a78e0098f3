// What went wrong first, in words.

import { formatNumber } from "../base/dom.js";
import { runMemory, SWITCHES } from "./memory.js";

/**
 * @param {object} puzzle As Python made it: `stream`, `there`, `held` and `wanted`.
 * @param {Object<string, number[]>} switches
 * @returns {{step: number, words: string}|null} The first step (from 1) whose answer is wrong, and
 *   why; null if there is none.
 */
export function firstMistake(puzzle, switches) {
  const { stream, there, held, wanted } = puzzle;
  const { c, y } = runMemory(stream, switches, there);
  const wrong = y.findIndex((value, index) => value !== wanted[index]);
  if (wrong < 0) return null;
  const step = wrong + 1;
  const said = `Step ${step} says ${formatNumber(y[wrong])}, wanted ${formatNumber(wanted[wrong])}`;
  const off = c.findIndex((value, index) => value !== held[index]);
  if (off < 0 || off > wrong) {
    const [command] = stream[wrong];
    const reads = there.includes("o") ? switches[command][SWITCHES.indexOf("o")] : 1;
    const why = reads
      ? `the memory is right, but nobody asked: at ${command} it should keep silent.`
      : `the memory is right, and it was asked: at ${command} it should be read.`;
    return { step, words: `${said}: ${why}` };
  }
  const [command, x] = stream[off];
  const before = off === 0 ? 0 : c[off - 1];
  const [from, to, right] = [before, c[off], held[off]].map((number) => formatNumber(number));
  const sum =
    `At step ${off + 1} came ${command} with ${formatNumber(x)}, and the memory went from ` +
    `${from} to ${to}, where ${right} should be held`;
  return { step, words: `${said}. ${sum}: ${reason(command, puzzle, switches)}` };
}

/** Which switch did it, by what the command means. */
function reason(command, { there }, switches) {
  const [i, f] = switches[command].map((value, place) =>
    there.includes(SWITCHES[place]) ? value : 1,
  );
  const writes = command === "store" || command === "add";
  const keeps = command === "add" || command === "skip" || command === "ask";
  if (i && !writes) return `the number that came with ${command} got in.`;
  if (!i && writes) return "the number was not written.";
  if (f && !keeps) return "what was held before was not forgotten.";
  return "what was held was thrown away.";
}
