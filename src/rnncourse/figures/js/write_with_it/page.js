// What was typed and what the network wrote, letter by letter, and which letter is looked at.

import { element } from "../base/dom.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

/**
 * The text; what the network wrote is underlined.
 *
 * @param {(t: number) => void} onLook A letter is to be looked at, counted from 0; behind the last
 *   one stands the next.
 *
 * `update(tape, at)` shows the letters of a `Tape`, and marks the one that is looked at.
 */
export function writtenPage(onLook) {
  const next = element("span", { class: "rnnbook-write-end", "aria-hidden": "true" }, "\u00a0");
  const typed = element("span");
  const written = element("ins");
  const label = "The text: typed and, underlined, written by the network. Arrow keys move the mark";
  const root = element(
    "p",
    { class: "rnnbook-write-text", tabindex: "0", role: "group", "aria-label": label },
    typed,
    written,
    next,
  );
  let [letters, count, marked] = [[], 0, null];
  let at = 0;

  root.addEventListener("click", ({ target }) => {
    const spans = [...typed.children, ...written.children, next];
    const t = spans.indexOf(target);
    if (t >= 0) onLook(t);
    else if (target === root) onLook(letters.length);
  });
  root.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const ends = { Home: 0, End: letters.length };
    const to = ends[event.key] ?? at + STEPS[event.key];
    if (!Number.isInteger(to)) return;
    event.preventDefault();
    onLook(Math.min(Math.max(to, 0), letters.length));
  });

  function mark(t) {
    const span = typed.children[t] ?? written.children[t - count] ?? next;
    marked?.classList.remove("rnnbook-write-mark");
    span.classList.add("rnnbook-write-mark");
    marked = span;
    at = t;
    reveal(root, span);
  }

  return {
    root,
    update(tape, looked) {
      const kept = letters.every((letter, t) => letter === tape.letters[t]);
      const grows = kept && count === tape.typed;
      const from = grows ? letters.length : 0;
      if (!grows) for (const part of [typed, written]) part.replaceChildren();
      tape.letters.slice(from).forEach((letter, k) => {
        (from + k < tape.typed ? typed : written).append(letterSpan(letter));
      });
      [letters, count] = [[...tape.letters], tape.typed];
      mark(looked);
    },
  };
}

function letterSpan(letter) {
  return element("span", { class: letter === "\n" ? "rnnbook-write-line" : null }, letter);
}

/** Scroll the text, and never the page, so far that the letter is seen. */
function reveal(root, span) {
  const [box, inner] = [root.getBoundingClientRect(), span.getBoundingClientRect()];
  if (inner.bottom > box.bottom) root.scrollTop += inner.bottom - box.bottom + 8;
  if (inner.top < box.top) root.scrollTop -= box.top - inner.top + 8;
}
