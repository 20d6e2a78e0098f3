// Texts of questions: plain, with a few tags, made into elements one by one. Never `innerHTML`.

import { element } from "../base/dom.js";

const TAG = /<(\/?)(code|em|sub|sup)>/;

/** A span with the text's markup; what looks like any other tag is text. */
export function markup(text) {
  const root = element("span");
  const open = [root];
  // `split` with two groups: text, slash, tag, text, slash, tag, …, text.
  const parts = text.split(TAG);
  for (let i = 0; i < parts.length; i += 3) {
    if (parts[i]) open.at(-1).append(parts[i]);
    if (i + 2 >= parts.length) break;
    if (parts[i + 1]) {
      if (open.length > 1) open.pop();
    } else {
      const child = element(parts[i + 2]);
      open.at(-1).append(child);
      open.push(child);
    }
  }
  return root;
}

/** The text without its markup, for names that a screen reader says. */
export function plainText(text) {
  return text.replace(new RegExp(TAG, "g"), "");
}
