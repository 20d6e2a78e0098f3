// What the reader turns: stories, settings, and the link to share them.

import { button, choice, numberField, slider, toggle } from "../base/controls.js";
import { element, uniqueId } from "../base/dom.js";
import { FIELDS } from "./settings.js";
import { STORIES } from "./stories.js";

const OWN_WORDS =
  "Settings of your own. The first gradient is drawn already: what do you expect of the loss?";

const OWN = "own";

/** The list of stories, and what to watch for: `show(story)` chooses one, or none (null). */
export function storyChoice(onChoose) {
  const watch = element("p", { class: "rnnbook-playground-watch" });
  const stories = Object.entries(STORIES).map(([story, { name }]) => [story, name]);
  const list = choice({
    label: "Story",
    options: [...stories, [OWN, "settings of your own"]],
    value: OWN,
    onChange: (story) => story !== OWN && onChoose(story),
  });
  return {
    root: list.root,
    watch,
    show(story) {
      list.value = story ?? OWN;
      watch.textContent = story ? STORIES[story].watch : OWN_WORDS;
    },
  };
}

/** A control for each setting; `show(settings)` sets them all. */
export function settingControls(settings, onChange) {
  let shown = settings;
  const controls = Object.entries(FIELDS).map(([name, field]) => {
    const { label, options, format } = field;
    const tell = (value) => onChange({ [name]: value });
    const value = settings[name];
    if (name === "compare") return [name, toggle({ label, value, onChange: tell })];
    if (name === "seed") return [name, numberField({ ...field, value, onChange: tell })];
    if (options) return [name, choice({ label, options, value, onChange: tell })];
    const words = format && ((number) => format(number, shown));
    return [name, slider({ ...field, value, format: words, onInput: tell })];
  });
  const roots = controls.map(([, control]) => control.root);
  const root = element("div", { class: "rnnbook-controls" }, ...roots);
  return {
    root,
    show(next) {
      shown = next;
      for (const [name, control] of controls) {
        if (control.value !== next[name]) control.value = next[name];
      }
      const all = Object.fromEntries(controls);
      all.lag.value = next.lag; // its words depend on the task
      all.cell.disabled = next.compare;
      const keeps = next.compare || next.cell === "lstm" || next.cell === "gru";
      all.forget_bias.disabled = !keeps || next.initialisation === "chrono";
    },
  };
}

/** A button that copies the link, and a field to copy it from where that is refused. */
export function linkSharing(address, say) {
  const id = uniqueId("link");
  const field = element("input", { type: "text", id, readonly: true });
  const place = element(
    "div",
    { class: "rnnbook-playground-link", hidden: true },
    element("label", { for: id }, "Link to this state"),
    field,
  );
  async function copy() {
    field.value = address();
    place.hidden = false;
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      say("The link is copied. It holds all settings and the step.");
    } catch {
      field.focus();
      say("The browser does not let us copy. The link is in the field, selected.");
    }
  }
  return { place, button: button({ label: "Copy link", onClick: copy }).root };
}
