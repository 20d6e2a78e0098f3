// A question as the reader meets it: asked, answered, checked, explained.

import { button } from "../base/controls.js";
import { element } from "../base/dom.js";
import { answerField } from "./fields.js";
import { gradeAnswer } from "./grading.js";
import { markup } from "./markup.js";

const FIRST = {
  numeric: "Give a number first.",
  "own words": "Write first. If you have: compare, tick what yours says too, and check again.",
};

/**
 * One question with its check and what is said of the answer.
 *
 * @param {object} question
 * @param {string} name What it is called: "Question 3"; "" where it is the only one.
 * @param {(answer) => void} onAnswer Gets what was checked, and null when it is changed after that.
 */
export function questionPart(question, name, onAnswer) {
  const feedback = element("div", { class: "rnnbook-quiz-feedback", role: "status" });
  const say = (...children) => {
    feedback.className = "rnnbook-quiz-feedback";
    feedback.replaceChildren(...children);
  };
  let checked = false;
  const onChange = () => {
    say();
    if (checked) onAnswer(null);
    checked = false;
  };
  const legend = element(
    "legend",
    {},
    name ? element("span", { class: "rnnbook-quiz-number" }, `${name}. `) : null,
    markup(question.text),
  );
  const field = answerField(question, legend, {
    onChange,
    say: (words) => say(element("p", {}, words)),
  });
  function show(answer) {
    field.write(answer);
    checked = answer !== null;
    if (checked) explain(answer);
    else say();
  }
  function explain(answer) {
    const { right, notes } = gradeAnswer(question, answer);
    say(
      element("p", { class: "rnnbook-quiz-verdict" }, right ? "✓ Right." : "✗ Not yet."),
      ...notes.map(({ about, why }) =>
        about
          ? element("p", {}, element("em", {}, markup(`${about} `)), markup(why))
          : element("p", {}, markup(why)),
      ),
    );
    feedback.classList.add(right ? "rnnbook-quiz-right" : "rnnbook-quiz-wrong");
  }
  function check(event) {
    event.preventDefault();
    const answer = field.read();
    if (answer === null) {
      say(element("p", {}, FIRST[question.kind] ?? "Choose first."));
      return;
    }
    checked = true;
    explain(answer);
    onAnswer(answer);
  }
  const submit = button({ label: "Check" }).root;
  submit.type = "submit";
  submit.setAttribute("aria-label", name ? `Check: ${name}` : "Check");
  const root = element("form", { novalidate: true, onsubmit: check }, field.root, submit, feedback);
  root.addEventListener("keydown", (event) => {
    // In JupyterLab a browser does not send a form at Enter by itself.
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    root.requestSubmit();
  });
  return { root, show };
}
