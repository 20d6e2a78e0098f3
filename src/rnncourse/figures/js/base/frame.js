// What every figure has around it: its question, its controls, its stage, its words, its reset.

import { button } from "./controls.js";
import { element, uniqueId } from "./dom.js";
import { valuesFold } from "./values.js";

const SPEAK_AT_MOST_EVERY = 1200; // ms: a screen reader reads one sentence before the next

/**
 * Furnish a figure's place.
 *
 * @param {HTMLElement} el Where it stands.
 * @param {object} options
 * @param {string} options.question What the reader is asked to find out.
 * @param {() => void} [options.onReset] Puts everything back; without it there is no reset button.
 * @param {() => object[]} [options.values] What the figure shows, as tables: see `valuesFold`.
 * @returns `controls`, `stage` and `buttons` to be filled (elements), `values`, the fold below them
 *   all, and `say(words)` for what changed and what it means; `destroy()` takes the figure off the page.
 */
export function figureFrame(el, { question, onReset, values }) {
  const titleId = uniqueId("question");
  const status = element("p", { class: "rnnbook-says", role: "status", "aria-live": "polite" });
  const buttons = element("div", { class: "rnnbook-buttons" });
  const controls = element("div", { class: "rnnbook-controls" });
  const stage = element("div", { class: "rnnbook-stage" });
  if (onReset) buttons.append(button({ label: "Reset", onClick: onReset }).root);
  const fold = values ? valuesFold(values) : null;
  const root = element(
    "section",
    { class: "rnnbook-live", "aria-labelledby": titleId },
    element("p", { class: "rnnbook-question", id: titleId }, question),
    controls,
    buttons,
    stage,
    status,
    fold?.root,
  );
  // JupyterLab takes arrow keys and Enter for its own commands, unless the very element that has the
  // focus says no.
  root.addEventListener("focusin", ({ target }) => {
    target.setAttribute("data-lm-suppress-shortcuts", "true");
  });
  el.replaceChildren(root);

  let waiting = null;
  let timer = 0;
  let last = -Infinity;
  const speak = () => {
    timer = 0;
    last = performance.now();
    status.removeAttribute("data-waiting");
    if (status.textContent !== waiting) status.textContent = waiting;
  };
  return {
    root,
    controls,
    stage,
    buttons,
    values: fold?.root,
    say(words) {
      waiting = words;
      fold?.update();
      if (timer) return;
      const wait = last + SPEAK_AT_MOST_EVERY - performance.now();
      if (wait <= 0) return speak();
      status.setAttribute("data-waiting", ""); // for tests: what it says is not the last
      timer = setTimeout(speak, wait);
    },
    destroy() {
      clearTimeout(timer);
      root.remove();
    },
  };
}
