// Characters, places and findings in words.

export const KIND_NAMES = ["code", "comment", "string"];

const NAMED = {
  " ": "space",
  "\n": "line end",
  "\t": "tab",
  '"': "double quote",
  "'": "single quote",
  "\ufffd": "some other character",
};
const LITTLE = 0.5; // bits
const MOST_NAMED = 6;

/**
 * A passage of the trait, with what words need: characters, the line of each, kinds as numbers.
 * Of a reader's own text the kinds are not known.
 */
export function openPassage({ kinds, ...rest }) {
  const characters = [...rest.text];
  let line = 1;
  const lines = characters.map((character) => (character === "\n" ? line++ : line));
  return { ...rest, characters, lines, kinds: kinds ? [...kinds].map(Number) : null };
}

/** What a slider's place says: `e, line 2, in a string`. */
export function placeText({ characters, lines, kinds }, t) {
  const place = `${nameOf(characters[t])}, line ${lines[t]}`;
  return kinds ? `${place}, in ${kinds[t] ? "a " : ""}${KIND_NAMES[kinds[t]]}` : place;
}

/** A reader in a sentence: `the simple network`. */
export function readerNamed({ kind, title }) {
  return `the ${title}${kind === "simple" ? " network" : ""}`;
}

export function nameOf(character) {
  return NAMED[character] ?? character;
}

/** A character in a sentence. */
export function quoted(character) {
  return NAMED[character] ?? `“${character}”`;
}

/** The same, and how far back it is: `“e” 3 characters back`. */
export function backFrom(character, distance) {
  if (distance === 0) return `${quoted(character)} just read`;
  return `${quoted(character)} ${distance} ${distance === 1 ? "character" : "characters"} back`;
}

/**
 * What a reader hangs on at the cursor `at`.
 *
 * @param {object} passage What `openPassage` returned.
 * @param {number} at
 * @param {object} one The reader's part of the study's `findings`.
 * @param {(t: number) => string} become What a character becomes.
 * @param {boolean} isNorm
 */
export function describeReading(passage, at, one, become, isNorm) {
  const { says, turns, top, first } = one;
  const place = (t) => `the ${opening(passage, t, at) ?? backFrom(passage.characters[t], at - t)}`;
  const sentences = [`at ${placeText(passage, at)}: ${readerNamed(one)} says ${says}`];
  if (top.bits < LITTLE) {
    sentences.push("no single character moves its answer by half a bit");
    return sentences.map(sentence).join(" ");
  }
  const verb = opening(passage, top.t, at) ? "remembers" : "hangs on";
  const ends = turns === says ? `stays ${says}` : `becomes ${turns}`;
  sentences.push(
    `it ${verb} ${place(top.t)}: with ${quoted(become(top.t))} in its place, the answer moves by ` +
      `${top.bits.toFixed(1)} bits and ${ends}`,
  );
  const same = first.t === top.t;
  sentences.push(
    isNorm
      ? `its gradient’s norm is largest ${same ? "there too" : `at ${place(first.t)}`}`
      : `its gradient foretells ${one.foretold.toFixed(1)} bits, and names ` +
          (same ? "it too" : place(first.t)),
  );
  return sentences.map(sentence).join(" ");
}

/** What becomes of the answer at `at` if the character at `origin` is `become`. */
export function describeReplacement({ characters }, at, origin, become, one) {
  if (origin > at) return "The character to be replaced is not read yet.";
  const change = `with ${quoted(become)} for the ${backFrom(characters[origin], at - origin)}`;
  const bits = `moved by ${one.moved.toFixed(1)} bits, foretold ${one.named.toFixed(1)}`;
  return sentence(`${change}, ${readerNamed(one)} says ${one.then} (${bits})`);
}

/** What must be said of a text that a reader typed; `unknown` are the characters not known. */
export function describeOwn(unknown) {
  const margin = "What is right in your own text is not known: the bits are of its own answer.";
  if (unknown.length === 0) return margin;
  const some = unknown.slice(0, MOST_NAMED).map(quoted);
  if (unknown.length > MOST_NAMED) some.push(`${unknown.length - MOST_NAMED} more`);
  return `${margin} It does not know ${listed(some)}, and takes all such for one and the same.`;
}

/** The name of the mark at `t` if it opens the string or the comment in which `at` is, as known. */
function opening({ characters, kinds }, t, at) {
  if (!kinds) return null;
  let start = at;
  while (start > 0 && kinds[start - 1] === kinds[at]) start -= 1;
  const mark = /^(#|[a-z]*("""|'''|"|'))/i.exec(characters.slice(start, start + 5).join(""));
  if (!kinds[at] || !mark || t < start || t >= start + mark[0].length || at - t < 4) return null;
  return `${kinds[at] === 1 ? "#" : "quote"} that opens it, ${at - t} characters back`;
}

function listed(items) {
  const last = items.at(-1);
  return items.length > 1 ? `${items.slice(0, -1).join(", ")} and ${last}` : last;
}

function sentence(words) {
  return `${words[0].toUpperCase()}${words.slice(1)}.`;
}
