// The letter or word of the source that is looked at: to be blocked, or replaced.

import { button, textField } from "../base/controls.js";
import { element } from "../base/dom.js";
import { quotedLetter } from "../base/letters.js";

/**
 * @param {object} kind What is typed, see `kindOf`.
 * @param {() => void} onBlock It is to be blocked, or let through.
 * @param {(letter: string) => void} onReplace
 *
 * `update` takes the `letters`, the place `s` of this one, and whether it is `blocked`.
 */
export function letterPanel(kind, onBlock, onReplace) {
  const named = kind.token.replace(/^./, (first) => first.toUpperCase());
  const name = element("p", { class: "rnnbook-translator-letter" });
  const block = button({ label: "", onClick: onBlock });
  let letter = "";
  const field = textField({
    label: "Change it to",
    value: "",
    maxLength: 2,
    hint: "One character.",
    onInput(text) {
      const typed = [...text].filter((one) => one !== letter);
      if (typed.length) onReplace(typed.at(-1));
    },
  });
  field.input.addEventListener("focus", () => field.input.select());
  field.input.addEventListener("blur", () => (field.value = letter));
  return {
    root: element(
      "div",
      { class: "rnnbook-translator-one" },
      name,
      block.root,
      ...(kind.isOfWords ? [] : [field.root]),
    ),
    update({ letters, s, blocked }) {
      letter = letters[s] ?? "";
      name.textContent = letter
        ? `${named} ${s + 1} of ${letters.length}: ${quotedLetter(letter)}`
        : `No ${kind.token}`;
      block.label = blocked ? "Let it through" : `Block this ${kind.token}`;
      block.disabled = !letter;
      field.disabled = !letter;
      field.value = letter;
    },
  };
}
