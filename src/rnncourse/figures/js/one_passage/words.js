// Characters, places and findings in words.

export const KIND_NAMES = ["code", "comment", "string"];

const NAMED = {
  " ": "space",
  "\n": "line end",
  '"': "double quote",
  "'": "single quote",
  "\ufffd": "some other character",
};
const LITTLE = 0.5; // bits

/** A passage of the trait, with what words need: characters, the line of each, kinds as numbers. */
export function openPassage({ text, kinds, ...rest }) {
  const characters = [...text];
  let line = 1;
  const lines = characters.map((character) => (character === "\n" ? line++ : line));
  return { ...rest, characters, lines, kinds: [...kinds].map(Number) };
}

/** What a slider's place says: `e, line 2, in a string`. */
export function placeText({ characters, lines, kinds }, t) {
  const within = `in ${kinds[t] ? "a " : ""}${KIND_NAMES[kinds[t]]}`;
  return `${nameOf(characters[t])}, line ${lines[t]}, ${within}`;
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

/** What each reader hangs on at the cursor `at`; `found` are the study's `findings`. */
export function describeReading(passage, at, found, isNorm) {
  const place = (t) => `the ${opening(passage, t, at) ?? backFrom(passage.characters[t], at - t)}`;
  const answers = grouped(found, (one) => one.says).map(([kind, who]) => `${doing(who, "say")} ${kind}`);
  const sentences = [`at ${placeText(passage, at)}: ${answers.join(", ")}`];
  for (const [t, who] of grouped(found, ({ top }) => (top.bits < LITTLE ? -1 : top.t))) {
    if (t < 0) {
      sentences.push(`no single character moves ${namesOf(who)} by half a bit`);
      continue;
    }
    const verb = opening(passage, t, at) ? "remember" : "hang on";
    const bits = listed(who.map(({ top }) => top.bits.toFixed(1)));
    const foretold = listed(who.map((one) => one.foretold.toFixed(1)));
    sentences.push(
      `${doing(who, verb)} ${place(t)} (${bits} bits${isNorm ? "" : `, foretold ${foretold}`})`,
    );
  }
  const held = found.filter(({ top }) => top.bits >= LITTLE);
  const named = grouped(held, ({ top, first }) => (first.t === top.t ? -1 : first.t));
  const gradients = named.map(([t, who], index) => {
    const gradient = `${index ? "that" : "the gradient"} of ${namesOf(who)}`;
    return `${gradient} ${t < 0 ? "names it too" : `names ${place(t)}`}`;
  });
  if (gradients.length) sentences.push(gradients.join("; "));
  return sentences.map(sentence).join(" ");
}

/** What becomes of the answers at `at` if the character at `origin` is `become`. */
export function describeReplacement({ characters }, at, origin, become, found) {
  if (origin > at) return "The character to be replaced is not read yet.";
  const numbers = (name) => listed(found.map((one) => one[name].toFixed(1)));
  const says = grouped(found, (one) => one.then).map(([then, who]) => `${doing(who, "say")} ${then}`);
  const change = `with ${quoted(become)} for the ${backFrom(characters[origin], at - origin)}`;
  const bits = `moved by ${numbers("moved")} bits, foretold ${numbers("named")}`;
  return sentence(`${change}, ${says.join(", ")} (${bits})`);
}

/** The name of the mark at `t` if it opens the string or the comment in which `at` stands. */
function opening({ characters, kinds }, t, at) {
  let start = at;
  while (start > 0 && kinds[start - 1] === kinds[at]) start -= 1;
  const mark = /^(#|[a-z]*("""|'''|"|'))/i.exec(characters.slice(start, start + 5).join(""));
  if (!kinds[at] || !mark || t < start || t >= start + mark[0].length || at - t < 4) return null;
  return `${kinds[at] === 1 ? "#" : "quote"} that opens it, ${at - t} characters back`;
}

/** Readers by what they have in common: pairs of that and the readers, in their order. */
function grouped(found, key) {
  const groups = new Map();
  for (const one of found) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return [...groups];
}

function namesOf(who) {
  return who.length > 2 ? "all three" : listed(who.map(({ title }) => title));
}

/** `GRU hangs on`, `simple and LSTM hang on`. */
function doing(who, verb) {
  return `${namesOf(who)} ${who.length > 1 ? verb : verb.replace(/\w+/, "$&s")}`;
}

function listed(items) {
  const last = items.at(-1);
  return items.length > 1 ? `${items.slice(0, -1).join(", ")} and ${last}` : last;
}

function sentence(words) {
  return `${words[0].toUpperCase()}${words.slice(1)}.`;
}
