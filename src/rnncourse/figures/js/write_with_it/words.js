// What the network wrote, what it was asked, and what a setting does, in words.

import { formatNumber } from "../base/dom.js";
import { quotedLetter, unknownInWords, visibleLetter, wholePercent } from "../base/letters.js";

const CONTEXT = 10; // letters before the one that is looked at
const LOOP = 20; // letters that are looked for before

/** `1.7 bits`: what a letter costs that was given the probability p. */
export function bitsInWords(p) {
  const bits = Math.abs(Math.log2(p));
  return `${bits.toFixed(bits < 0.095 ? 2 : 1)}\u00a0bits`;
}

/** How often the last 20 letters have been there before; 0 where the text is too short. */
export function loopCount(letters) {
  const last = letters.length - LOOP;
  const same = (start) => letters.slice(last).every((letter, k) => letter === letters[start + k]);
  return Array.from({ length: Math.max(last, 0) }, (_, start) => start).filter(same).length;
}

/**
 * What it has written.
 *
 * @param {Tape} tape
 * @param {number} from The first letter that is spoken of.
 */
export function describeWriting(tape, from) {
  const count = tape.letters.length - from;
  if (count === 0) return "The network has written nothing here yet. “Go on” lets it write.";
  const given = Array.from({ length: count }, (_, k) => tape.given(from + k));
  const used = tape.settings[from];
  const at = `at temperature ${formatNumber(used.temperature)}`;
  if (count === 1) {
    const letter = quotedLetter(tape.letters[from]);
    const drawn = tape.after(from).chances(used)[tape.idOf(tape.letters[from])];
    const mine = `given ${wholePercent(given[0])}, ${bitsInWords(given[0])}`;
    return `It wrote ${letter} ${at}: ${mine}; drawn with ${wholePercent(drawn)}.`;
  }
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / count;
  const bits = mean(given.map((p) => -Math.log2(p))).toFixed(1);
  const words =
    `It wrote ${count} characters ${at}; on average each was given ${wholePercent(mean(given))}, ` +
    `and cost ${bits}\u00a0bits.`;
  const before = loopCount(tape.letters);
  if (before < 2) return words;
  const cold = used.temperature < 1;
  const cause = cold ? ": at a low temperature a network easily falls into a loop" : "";
  return `${words} It repeats itself: the last ${LOOP} stood there ${before} times before${cause}.`;
}

/** What the letter before the caret `at` costs, and the text; what the network does not know. */
export function describeTyping(tape, at) {
  const { letters, typed } = tape;
  if (typed === 0) return "Nothing is typed. “Go on” lets the network begin by itself.";
  const last = Math.max(at - 1, 0);
  const letter = quotedLetter(letters[last]);
  const first = last === 0 ? ", before it had read anything" : "";
  const p = tape.given(last);
  const words = [`The network gave ${letter} ${wholePercent(p)}${first}: ${bitsInWords(p)}.`];
  if (typed > 1) {
    const costs = letters.slice(1, typed).map((_, k) => -Math.log2(tape.given(k + 1)));
    const mean = costs.reduce((sum, bits) => sum + bits, 0) / costs.length;
    words.push(`Your text costs it ${mean.toFixed(1)}\u00a0bits a character.`);
  }
  const unknown = new Set(letters.slice(0, typed).filter((one) => tape.idOf(one) === tape.other));
  if (unknown.size) words.push(unknownInWords([...unknown]));
  return words.join(" ");
}

/** That so many characters are gone. */
export function describeTakingBack(count) {
  if (count === 0) return "There is nothing to take back.";
  const [what, are] = count === 1 ? ["character", "is"] : [`${count} characters`, "are"];
  return `The ${what} that it wrote ${are} gone; your text stays.`;
}

/** What stands over the bars: the letter that is looked at, and what it cost. */
export function placeInWords(tape, at) {
  const { letters } = tape;
  const before = letters.slice(Math.max(at - CONTEXT, 0), at).map(visibleLetter).join("");
  const context = at === 0 ? "at the start" : `after “${at > CONTEXT ? "…" : ""}${before}”`;
  if (at === letters.length) return `The next character, ${context}`;
  const p = tape.given(at);
  const letter = quotedLetter(letters[at]).replace(/^t/, "T");
  return `${letter} ${context}: given ${wholePercent(p)}, ${bitsInWords(p)}`;
}

/** With how much, and how, the letter that is looked at was drawn; nothing of a person's own. */
export function drawnInWords(tape, at) {
  const settings = tape.settings[at];
  if (!settings) return "";
  const chance = tape.after(at).chances(settings)[tape.idOf(tape.letters[at])];
  const drawn = chance > 0 ? `drawn with ${wholePercent(chance)}` : "cut by these settings";
  return `; ${drawn} at temperature ${formatNumber(settings.temperature)}`;
}

/** What the settings make of the letters that may come after `at` letters. */
export function describeSettings(tape, at, settings, changed) {
  const { p, order, chances } = tape.after(at);
  const drawn = chances(settings);
  if (changed === "seed") {
    return `Seed ${settings.seed}: the network draws with other numbers, and writes another text.`;
  }
  if (changed === "temperature") {
    const first = order.find((k) => drawn[k] > 0);
    const { temperature } = settings;
    const does = temperature < 1 ? "sharpens" : temperature > 1 ? "flattens" : "leaves as it is";
    return (
      `Temperature ${formatNumber(temperature)} ${does} what the network gives: ` +
      `${quotedLetter(tape.characters[first])}, given ${wholePercent(p[first])}, is drawn with ` +
      `${wholePercent(drawn[first])}.`
    );
  }
  const kept = order.filter((k) => drawn[k] > 0);
  const share = kept.reduce((sum, k) => sum + p[k], 0);
  const together = kept.length === 1 ? "It is" : "Together they are";
  return (
    `${kept.length} of ${tape.other} characters can be drawn here. ` +
    `${together} given ${wholePercent(share)} by the network.`
  );
}
