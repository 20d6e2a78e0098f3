// Native controls with names: what works by mouse, touch, keyboard and screen reader without us.
//
// Each maker returns `{ root, input, value, disabled }`; setting `value` does not call back.

import { element, formatNumber, uniqueId } from "./dom.js";

/**
 * A slider over a range of numbers, or over a list of `values`.
 *
 * @param {object} options
 * @param {string} options.label What it sets.
 * @param {number} options.value
 * @param {number} [options.min]
 * @param {number} [options.max]
 * @param {number} [options.step]
 * @param {Array} [options.values] In place of min, max, step: what its places stand for.
 * @param {(value) => string} [options.format] The value in words.
 * @param {(value) => void} [options.onInput] Called while it moves.
 */
export function slider({ label, value, min, max, step, values, format = formatNumber, onInput }) {
  const id = uniqueId("slider");
  const place = (wanted) => {
    if (!values) return wanted;
    const exact = values.indexOf(wanted);
    if (exact >= 0) return exact;
    const gaps = values.map((candidate) => Math.abs(candidate - wanted));
    return gaps.indexOf(Math.min(...gaps));
  };
  const range = values ? { min: 0, max: values.length - 1, step: 1 } : { min, max, step };
  const input = element("input", { type: "range", id, ...range });
  const shown = element("output", { for: id, class: "rnnbook-value" });
  const read = () => (values ? values[input.valueAsNumber] : input.valueAsNumber);
  const show = (now) => {
    const words = format(now);
    shown.textContent = words;
    input.setAttribute("aria-valuetext", words);
  };
  const write = (wanted) => {
    input.value = String(place(wanted));
    show(values ? wanted : read()); // a kernel may set what lies between the places
  };
  const pass = holdBackSwipes(input, () => show(read()), () => onInput?.(read()));
  input.addEventListener("input", () => {
    show(read());
    pass();
  });
  write(value);
  const root = element(
    "div",
    { class: "rnnbook-control rnnbook-slider" },
    element("label", { for: id }, label),
    shown,
    input,
  );
  return control(root, input, read, write);
}

const DRAG = 8; // pixels along the slider, from which on a finger does not mean to scroll

/**
 * A finger that scrolls the page may come down on a slider, which then jumps to where it is. Until
 * we know that it drags (it moves along the slider) or taps (it is lifted), nothing is passed on; if
 * the browser takes it for scrolling, the slider goes back.
 *
 * @returns What to call when the slider has moved: it calls `passOn`, at once or later.
 */
function holdBackSwipes(input, show, passOn) {
  let held = null;
  const letGo = () => {
    const moved = held && held.value !== input.value;
    held = null;
    if (moved) passOn();
  };
  input.addEventListener("pointerdown", ({ pointerType, clientX }) => {
    held = pointerType === "touch" ? { value: input.value, clientX } : null;
  });
  input.addEventListener("pointermove", ({ clientX }) => {
    if (held && Math.abs(clientX - held.clientX) > DRAG) letGo();
  });
  input.addEventListener("pointerup", letGo);
  input.addEventListener("pointercancel", () => {
    if (!held) return;
    input.value = held.value;
    held = null;
    show();
  });
  return () => {
    if (!held) passOn();
  };
}

/**
 * A list to choose one of.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {Array<[string, string]>} options.options Pairs of value and words.
 * @param {string} options.value
 * @param {(value: string) => void} [options.onChange]
 */
export function choice({ label, options, value, onChange }) {
  const id = uniqueId("choice");
  const items = options.map(([key, words]) => element("option", { value: key }, words));
  const input = element("select", { id }, ...items);
  const read = () => input.value;
  const write = (wanted) => {
    input.value = String(wanted);
  };
  input.addEventListener("change", () => onChange?.(read()));
  write(value);
  const root = element(
    "div",
    { class: "rnnbook-control rnnbook-choice" },
    element("label", { for: id }, label),
    input,
  );
  return control(root, input, read, write);
}

/** Radio buttons in a row, with a legend; options as for `choice`. */
export function radios({ label, options, value, onChange }) {
  const name = uniqueId("radios");
  const inputs = options.map(([key]) =>
    element("input", { type: "radio", name, value: key, onchange: () => onChange?.(key) }),
  );
  const read = () => inputs.find((input) => input.checked)?.value;
  const write = (wanted) => {
    for (const input of inputs) input.checked = input.value === String(wanted);
  };
  write(value);
  const labels = inputs.map((input, index) => element("label", {}, input, options[index][1]));
  const legend = element("legend", {}, label);
  const root = element("fieldset", { class: "rnnbook-control rnnbook-radios" }, legend, ...labels);
  return control(root, root, read, write);
}

/** A tick box. `onChange` gets true or false. */
export function toggle({ label, value = false, onChange }) {
  const input = element("input", { type: "checkbox" });
  const read = () => input.checked;
  const write = (wanted) => {
    input.checked = Boolean(wanted);
  };
  input.addEventListener("change", () => onChange?.(read()));
  write(value);
  const root = element(
    "div",
    { class: "rnnbook-control rnnbook-toggle" },
    element("label", {}, input, label),
  );
  return control(root, input, read, write);
}

/**
 * A field for a number. What is no number, or lies outside, is marked and not passed on.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {number} options.value
 * @param {number} [options.min]
 * @param {number} [options.max]
 * @param {number} [options.step]
 * @param {(value: number) => void} [options.onChange]
 */
export function numberField({ label, value, min, max, step = "any", onChange }) {
  const id = uniqueId("number");
  const input = element("input", { type: "number", id, min, max, step, inputmode: "decimal" });
  const read = () => input.valueAsNumber;
  const write = (wanted) => {
    input.value = String(wanted);
    input.removeAttribute("aria-invalid");
  };
  input.addEventListener("input", () => {
    const valid = input.validity.valid && Number.isFinite(read());
    if (valid) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
    if (valid) onChange?.(read());
  });
  write(value);
  const root = element(
    "div",
    { class: "rnnbook-control rnnbook-number" },
    element("label", { for: id }, label),
    input,
  );
  return control(root, input, read, write);
}

/**
 * A field for a few lines of text, passed on as they are typed.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {string} options.value
 * @param {number} options.maxLength
 * @param {string} options.hint What it takes, in words.
 * @param {(text: string, before: number) => void} [options.onInput] `before`: how many characters
 *   stand before the caret.
 */
export function textArea({ onInput, ...rest }) {
  return textControl("textarea", { rows: 3 }, rest, (text, input) => {
    onInput?.(text, [...text.slice(0, input.selectionEnd)].length);
  });
}

/** A field for one line of text; options as for `textArea`, but that `onInput` gets the text alone. */
export function textField({ onInput, ...rest }) {
  return textControl("input", { type: "text" }, rest, (text) => onInput?.(text));
}

function textControl(tag, own, { label, value, maxLength, hint }, passOn) {
  const [id, hintId] = [uniqueId("text"), uniqueId("hint")];
  const plain = { spellcheck: "false", autocapitalize: "off", autocomplete: "off" };
  const described = { maxlength: maxLength, "aria-describedby": hintId };
  const input = element(tag, { id, ...own, ...plain, ...described });
  const read = () => input.value;
  const write = (wanted) => {
    if (input.value !== wanted) input.value = wanted; // the caret stays where it is
  };
  input.addEventListener("input", () => passOn(read(), input));
  write(value);
  const root = element(
    "div",
    { class: "rnnbook-control rnnbook-text" },
    element("label", { for: id }, label),
    input,
    element("p", { id: hintId }, hint),
  );
  return control(root, input, read, write);
}

/** A button. `primary` makes it the one that a reader should see first. */
export function button({ label, onClick, primary = false }) {
  const classes = primary ? "rnnbook-button rnnbook-primary" : "rnnbook-button";
  const root = element("button", { type: "button", class: classes, onclick: onClick }, label);
  return {
    root,
    input: root,
    set label(words) {
      root.textContent = words;
    },
    set disabled(off) {
      root.disabled = off;
    },
  };
}

function control(root, input, read, write) {
  return {
    root,
    input,
    get value() {
      return read();
    },
    set value(wanted) {
      write(wanted);
    },
    set disabled(off) {
      input.disabled = off;
    },
  };
}
