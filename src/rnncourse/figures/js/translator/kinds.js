// What is typed, and how what is written is spoken of: a date in ISO 8601, or a number in German.

import { asEnglishText, inEnglish, inGerman, readNumber } from "./numbers.js";

const PARTS = [
  ["year", 0, 4],
  ["month", 5, 7],
  ["day", 8, 10],
];

const DATE = {
  name: "date",
  token: "letter", // of the source
  unit: "character", // of the target
  steps: 11, // characters of a date, and its end
  label: "A date, with words around it or without",
  hint: (most) => `At most ${most} characters. They do not leave this page.`,
  keyboard: "text",
  isOfWords: false, // a letter of the source can be replaced by another; words cannot
  cut: (text) => ({ tokens: [...text.normalize("NFC")] }),
  verdict({ line }) {
    if (isDate(line)) return `It writes ${line}.`;
    return (
      `It writes ${line}, which is no day of the calendar: ` +
      "no rule holds its characters together."
    );
  },
  changes(before, { line }, places) {
    const changed = PARTS.filter(([, from, to]) => places.some((at) => at >= from && at < to));
    const named = new Intl.ListFormat("en-GB").format(changed.map(([name]) => `the ${name}`));
    return isDate(before.line) && isDate(line) ? `: ${named} changed` : "";
  },
  fault: ({ line }) => (isDate(line) ? "" : " That is no day of the calendar."),
};

const NUMBER = {
  name: "number",
  token: "word",
  unit: "morpheme",
  steps: 14, // morphemes of 777,777, and its end
  label: "A number",
  hint: () => "In digits, from 0 to 999,999.",
  keyboard: "numeric",
  isOfWords: true,
  cut(text) {
    const { number, wrong } = readNumber(text);
    if (number === undefined) return { tokens: [], wrong };
    const tokens = inEnglish(number);
    return { tokens, spelled: asEnglishText(tokens), right: inGerman(number) };
  },
  verdict({ line, right }) {
    if (line === right) return `It writes ${line}, as num2words does.`;
    return `It writes ${line || "nothing"}; num2words writes ${right}.`;
  },
  changes: () => "",
  fault: ({ line, right }, before) =>
    [line, before.line].includes(right) ? "" : ` num2words writes ${right}.`,
};

/** Dates are read in characters, and numbers in words. */
export function kindOf(reads) {
  return typeof reads === "string" ? DATE : NUMBER;
}

/** Whether a line is a day of the calendar, in ISO 8601. */
export function isDate(line) {
  if (!/^\d{4}-\d\d-\d\d$/.test(line)) return false;
  const day = new Date(`${line}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(line);
}
