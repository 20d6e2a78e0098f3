// Build the gates: from c ← c + x to a memory that writes, keeps and reads when it is told to.

import { button, choice } from "./base/controls.js";
import { element, formatNumber } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { followSettings } from "./base/settings.js";
import { equations, runMemory, SWITCH_NAMES, SWITCHES } from "./build_gates/memory.js";
import { firstMistake } from "./build_gates/words.js";

/** See `BuildGates` in Python for the traits. */
export function render({ model, el }) {
  const puzzles = model.get("puzzles");
  const { begin, change, release } = followSettings(model, ["puzzle", "switches"], update);
  const frame = figureFrame(el, {
    question: "Which switches does a memory need, and when must each of them be on?",
    onReset: () => change(begin),
  });
  const which = choice({
    label: "Puzzle",
    options: puzzles.map(({ title }, index) => [String(index), `${index + 1} · ${title}`]),
    value: String(begin.puzzle),
    onChange: (value) => change({ puzzle: Number(value) }),
  });
  frame.controls.append(which.root);
  const next = button({
    label: "Next puzzle",
    primary: true,
    onClick: () => change({ puzzle: model.get("puzzle") + 1 }),
  });
  frame.buttons.prepend(next.root);

  const task = element("p");
  const formula = element("p", { class: "rnnbook-gates-formula" });
  const settings = element("table", { class: "rnnbook-gates-table" });
  const steps = element("table", { class: "rnnbook-gates-table" });
  const tables = element("div", { class: "rnnbook-gates" }, settings, steps);
  frame.stage.append(task, formula, tables);

  let drawn = -1; // the puzzle whose boxes stand there

  function flip(command, place, on) {
    const switches = model.get("switches");
    const row = switches[command].map((old, index) => (index === place ? Number(on) : old));
    change({ switches: { ...switches, [command]: row } });
  }

  function drawSettings(puzzle) {
    const head = Object.values(SWITCH_NAMES).map((name) => element("th", { scope: "col" }, name));
    const rows = puzzle.commands.map(([command, meaning]) => {
      const boxes = SWITCHES.map((name, place) => {
        if (!puzzle.there.includes(name)) {
          return element("td", { class: "rnnbook-gates-fixed" }, "1");
        }
        const box = element("input", {
          type: "checkbox",
          "aria-label": `${SWITCH_NAMES[name]} at ${command}`,
          "data-switch": `${command} ${name}`,
          onchange: (event) => flip(command, place, event.target.checked),
        });
        return element("td", {}, box);
      });
      const name = element("th", { scope: "row" }, command, element("small", {}, meaning));
      return element("tr", {}, name, ...boxes);
    });
    settings.replaceChildren(
      element("caption", {}, "Switches: on (1) or off (0) at each command"),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "command"), ...head)),
      element("tbody", {}, ...rows),
    );
  }

  function drawSteps(puzzle, { c, y }, mistake) {
    const titles = ["t", "command", "x", "memory c", "says y", "wanted"];
    const rows = puzzle.stream.map(([command, x], index) => {
      const right = y[index] === puzzle.wanted[index];
      const verdict = right ? "right" : "wrong";
      const about = { class: `rnnbook-gates-${verdict}`, role: "img", "aria-label": verdict };
      const mark = element("span", about, right ? "✓" : "✗");
      return element(
        "tr",
        { class: mistake?.step === index + 1 ? "rnnbook-gates-first" : null },
        element("th", { scope: "row" }, String(index + 1)),
        element("td", {}, command),
        ...[x, c[index], y[index]].map((number) => element("td", {}, formatNumber(number))),
        element("td", {}, formatNumber(puzzle.wanted[index]), " ", mark),
      );
    });
    const head = titles.map((title) => element("th", { scope: "col" }, title));
    steps.replaceChildren(
      element("caption", {}, "What came, what the memory did, and what was wanted"),
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows),
    );
  }

  function update() {
    const index = model.get("puzzle");
    const puzzle = puzzles[index];
    const switches = model.get("switches");
    which.value = String(index);
    task.textContent = puzzle.task;
    formula.textContent = equations(puzzle.there);
    if (drawn !== index) drawSettings(puzzle);
    drawn = index;
    for (const box of settings.querySelectorAll("input")) {
      const [command, name] = box.dataset.switch.split(" ");
      box.checked = switches[command][SWITCHES.indexOf(name)] === 1;
    }
    const mistake = firstMistake(puzzle, switches);
    drawSteps(puzzle, runMemory(puzzle.stream, switches, puzzle.there), mistake);
    const solved = puzzles.filter((other) => !firstMistake(other, switches)).length;
    next.disabled = mistake !== null || index === puzzles.length - 1;
    frame.say(mistake?.words ?? praise(index, puzzles.length, solved));
  }

  update();
  return () => {
    release();
    frame.destroy();
  };
}

function praise(index, count, solved) {
  const learned = [
    "Solved: a memory must choose what it writes.",
    "Solved: it must also choose when it forgets. Store replaces because it keeps nothing.",
    "Solved: holding and saying are two things. What is not read is still held.",
  ];
  if (index < count - 1) return `${learned[index]} ${solved} of ${count} puzzles are solved.`;
  if (solved < count) {
    return `Solved. But ${count - solved} of the earlier puzzles no longer is: look at it again.`;
  }
  return (
    "All four are solved. You have built the three gates of an LSTM: the input gate i writes, " +
    "the forget gate f keeps, the output gate o reads. You set them by hand, command by command; " +
    "a network computes them at each step from its input and its state."
  );
}
