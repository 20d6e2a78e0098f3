// Numbers in words, as the library num2words writes them: English in tokens, and German.

const LARGEST = 999_999;
const IN_DIGITS = /^(\d+|\d{1,3}([ ,\u00a0\u202f]\d{3})+)$/;
const SMALL = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen " +
  "sixteen seventeen eighteen nineteen"
).split(" ");
const TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const GERMAN = "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split(" ");
const GERMAN_TENS =
  "- zehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(" ");
const STEMS = { 6: "sech", 7: "sieb" };

/** A typed number, 0 to 999,999, as `number`; or what is `wrong` with it, in a sentence. */
export function readNumber(text) {
  const typed = text.trim();
  const digits = typed.replace(/^[-−–]\s*/, "");
  if (!typed) return { wrong: "" };
  if (!IN_DIGITS.test(digits)) return { wrong: `“${typed}” is not a whole number in digits.` };
  const number = Number(digits.replace(/\D/g, ""));
  if (digits !== typed) return { wrong: "It reads no negative numbers: the smallest is 0." };
  if (number > LARGEST) return { wrong: "That is too large: it reads numbers up to 999,999." };
  return { number };
}

/** The English words of a number, and its comma: `["one", "hundred", "and", "one"]`. */
export function inEnglish(number) {
  const [thousands, rest] = [Math.floor(number / 1000), number % 1000];
  if (!thousands) return rest ? englishBelow1000(rest) : [SMALL[0]];
  const start = [...englishBelow1000(thousands), "thousand"];
  if (!rest) return start;
  return [...start, rest < 100 ? "and" : ",", ...englishBelow1000(rest)];
}

function englishBelow1000(number) {
  const [hundreds, rest, unit] = [Math.floor(number / 100), number % 100, number % 10];
  const words = hundreds ? [SMALL[hundreds], "hundred"] : [];
  if (hundreds && rest) words.push("and");
  if (rest >= 20) words.push(TENS[(rest - unit) / 10]);
  if (rest >= 20 ? unit : rest) words.push(SMALL[rest >= 20 ? unit : rest]);
  return words;
}

/** These words as a text: `"one hundred and twenty-one"`. */
export function asEnglishText(words) {
  return words.join(" ").replaceAll(" ,", ",").replace(/ty (?!thousand)/g, "ty-");
}

/** The German of a number; num2words has einhunderteinstausend for 101,000. */
export function inGerman(number) {
  const [thousands, rest] = [Math.floor(number / 1000), number % 1000];
  if (!number) return GERMAN[0];
  const one = thousands === 1 ? GERMAN[1] : germanBelow1000(thousands);
  return (thousands ? `${one}tausend` : "") + germanBelow1000(rest);
}

function germanBelow1000(number) {
  const [hundreds, rest, unit] = [Math.floor(number / 100), number % 100, number % 10];
  const start = hundreds ? `${GERMAN[hundreds]}hundert` : "";
  if (rest === 0) return start;
  if (rest === 1) return `${start}eins`;
  if (rest < GERMAN.length) return start + GERMAN[rest];
  const tens = GERMAN_TENS[(rest - unit) / 10];
  if (rest < 20) return start + (STEMS[unit] ?? GERMAN[unit]) + tens;
  return start + (unit ? `${GERMAN[unit]}und` : "") + tens;
}
