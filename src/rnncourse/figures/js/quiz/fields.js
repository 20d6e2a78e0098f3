// Where a reader answers: one maker for each kind of question, all of native controls.
//
// Each returns `{ root, read(), write(answer) }`. An answer has the form that `grading.js` takes;
// null stands for none.

import { button, numberField, radios, slider, toggle } from "../base/controls.js";
import { element, formatNumber, uniqueId } from "../base/dom.js";
import { states } from "./grading.js";
import { markup, plainText } from "./markup.js";

/**
 * @param {object} question
 * @param {HTMLElement} legend The question as it is shown.
 * @param {object} callbacks
 * @param {() => void} callbacks.onChange Called when the reader changes something.
 * @param {(words: string) => void} callbacks.say Puts what happened into words.
 */
export function answerField(question, legend, callbacks) {
  return ANSWER_FIELDS[question.kind](question, legend, callbacks);
}

const ANSWER_FIELDS = {
  single({ options }, legend, { onChange }) {
    const field = radios({
      label: legend,
      options: options.map(({ text }, index) => [String(index), markup(text)]),
      value: null,
      onChange,
    });
    return {
      root: field.root,
      read: () => (field.value === undefined ? null : Number(field.value)),
      write(answer) {
        field.value = answer;
      },
    };
  },

  multiple({ options }, legend, { onChange }) {
    const boxes = options.map(({ text }) => toggle({ label: markup(text), onChange }));
    const hint = element("p", { class: "rnnbook-quiz-hint" }, "Tick all that are right.");
    return {
      root: element("fieldset", {}, legend, hint, ...boxes.map((box) => box.root)),
      read() {
        const ticked = boxes.flatMap((box, index) => (box.value ? [index] : []));
        return ticked.length > 0 ? ticked : null;
      },
      write(answer) {
        boxes.forEach((box, index) => {
          box.value = Boolean(answer?.includes(index));
        });
      },
    };
  },

  numeric({ unit }, legend, { onChange }) {
    const label = unit ? `Your number (${unit})` : "Your number";
    const field = numberField({ label, value: "" });
    field.input.addEventListener("input", onChange);
    return {
      root: element("fieldset", {}, legend, field.root),
      read: () => (Number.isFinite(field.value) ? field.value : null),
      write(answer) {
        field.value = answer ?? "";
      },
    };
  },

  order({ steps }, legend, { onChange, say }) {
    const list = element("ol", { class: "rnnbook-quiz-steps" });
    const items = steps.map(({ text }) => stepItem(text, move));
    let order = steps.map((_, index) => index);

    function move(item, by) {
      const from = order.indexOf(items.indexOf(item));
      const to = from + by;
      const name = `“${plainText(steps[order[from]].text)}”`;
      if (to < 0 || to >= order.length) {
        say(`${name} is the ${to < 0 ? "first" : "last"} step already.`);
        return;
      }
      [order[from], order[to]] = [order[to], order[from]];
      onChange();
      draw();
      say(`${name} is now step ${to + 1} of ${order.length}.`);
    }
    function draw() {
      list.replaceChildren(...order.map((index) => items[index].root));
      order.forEach((index, place) => items[index].stand(place, order.length));
    }
    draw();
    return {
      root: element("fieldset", {}, legend, list),
      read: () => [...order],
      write(answer) {
        order = answer ? [...answer] : steps.map((_, index) => index);
        draw();
      },
    };
  },

  "own words"({ model, points }, legend, { onChange }) {
    const label = "Your words (they stay on this page)";
    const words = element("textarea", { rows: 3, "aria-label": label, placeholder: label });
    const boxes = points.map((point) => toggle({ label: markup(point), onChange }));
    const compare = element(
      "div",
      { class: "rnnbook-quiz-model", hidden: true },
      element("p", {}, element("strong", {}, "A model answer. "), markup(model)),
      element("p", { class: "rnnbook-quiz-hint" }, "Tick what yours says too:"),
      ...boxes.map((box) => box.root),
    );
    return {
      root: element("fieldset", {}, legend, words, compare),
      // The first time the model answer is shown, if there is something to compare with it.
      read() {
        if (compare.hidden) {
          compare.hidden = words.value.trim() === "";
          return null;
        }
        return boxes.flatMap((box, index) => (box.value ? [index] : []));
      },
      write(answer) {
        compare.hidden = answer === null;
        boxes.forEach((box, index) => {
          box.value = Boolean(answer?.includes(index));
        });
      },
    };
  },

  weights(question, legend, { onChange }) {
    const { x, wanted, weights } = question;
    const start = weights.map(({ place, block }) => question[place][block]);
    const sliders = weights.map(({ name, least, most }, index) =>
      slider({
        label: name,
        value: start[index],
        min: least,
        max: most,
        step: (most - least) / 100,
        onInput() {
          onChange();
          draw();
        },
      }),
    );
    const read = () => sliders.map((one) => one.value);
    const table = element("table", { class: "rnnbook-quiz-run" });
    const row = (name, cells) =>
      element("tr", {}, element("th", { scope: "row" }, name), ...cells);
    const cell = (value, attributes = {}) => element("td", attributes, formatNumber(value, 2));
    function draw() {
      const h = states(question, read());
      const fits = (value, t) => value >= wanted[t][0] && value <= wanted[t][1];
      table.replaceChildren(
        row("input", x.map((value) => cell(value))),
        row("least", wanted.map(([least]) => cell(least))),
        row("h", h.map((value, t) => cell(value, { class: fits(value, t) ? "" : "rnnbook-quiz-off" }))),
        row("most", wanted.map(([, most]) => cell(most))),
      );
    }
    draw();
    const scroll = element("div", { class: "rnnbook-quiz-scroll", tabindex: 0, role: "region" }, table);
    scroll.setAttribute("aria-label", "What the unit does, step by step");
    return {
      root: element("fieldset", {}, legend, ...sliders.map((one) => one.root), scroll),
      read,
      write(answer) {
        sliders.forEach((one, index) => {
          one.value = answer ? answer[index] : start[index];
        });
        draw();
      },
    };
  },
};

// A step with its two buttons. They stay focusable at the ends: a button that goes dead under the
// finger takes the focus with it.
function stepItem(text, move) {
  const id = uniqueId("step");
  const buttons = [
    ["Up", -1],
    ["Down", 1],
  ].map(([label, by]) => {
    const { root } = button({
      label,
      onClick() {
        move(item, by);
        root.focus();
      },
    });
    root.setAttribute("aria-describedby", id);
    root.setAttribute("aria-label", `${label}: ${plainText(text)}`);
    return root;
  });
  const words = element("span", { id, class: "rnnbook-quiz-step" }, markup(text));
  const item = {
    root: element("li", {}, words, element("span", { class: "rnnbook-quiz-moves" }, ...buttons)),
    stand(place, count) {
      buttons[0].setAttribute("aria-disabled", String(place === 0));
      buttons[1].setAttribute("aria-disabled", String(place === count - 1));
    },
  };
  return item;
}
