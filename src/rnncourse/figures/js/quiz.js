// A chapter's questions. Each is answered, checked and explained by itself; the result of all of
// them stands at the end. Everything happens here, so that it needs no kernel.

import { button } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { answerField } from "./quiz/fields.js";
import { gradeAnswer, isAnswer, resultLine } from "./quiz/grading.js";
import { markup } from "./quiz/markup.js";
import { quizMemory, unseal } from "./quiz/memory.js";

export function render({ model, el }) {
  const { edition, questions } = unseal(model.get("sealed"));
  const memory = quizMemory(model.get("chapter"), edition);
  const frame = figureFrame(el, { question: "Choose, then check. Every answer is explained." });
  frame.root.classList.add("rnnbook-quiz");

  let answers = {};
  const parts = questions.map((question, index) =>
    questionPart(question, index + 1, (answer) => {
      answers = { ...answers, [question.id]: answer };
      if (answer === null) delete answers[question.id];
      keep();
    }),
  );
  frame.stage.append(...parts.map((part) => part.root));
  const clear = () => {
    adopt({});
    keep();
  };
  frame.buttons.append(button({ label: "Reset my answers", onClick: clear }).root);
  frame.root.append(frame.buttons); // the result first, then what takes it away

  function grades() {
    return questions.map((question) =>
      question.id in answers ? gradeAnswer(question, answers[question.id]).right : null,
    );
  }
  function score() {
    return grades().filter((grade) => grade === true).length;
  }
  function adopt(wanted) {
    const known = questions.filter(({ id }) => id in wanted);
    const valid = known.filter((question) => isAnswer(question, wanted[question.id]));
    answers = Object.fromEntries(valid.map(({ id }) => [id, wanted[id]]));
    questions.forEach(({ id }, index) => parts[index].show(answers[id] ?? null));
    frame.say(resultLine(grades()));
  }
  function keep() {
    frame.say(resultLine(grades()));
    memory.save(answers, score(), questions.length);
    model.set("answers", answers);
    model.set("score", score());
    model.save_changes();
  }
  function follow() {
    const wanted = model.get("answers");
    if (JSON.stringify(wanted) === JSON.stringify(answers)) return;
    adopt(wanted);
    keep();
  }

  const given = model.get("answers");
  adopt(Object.keys(given).length > 0 ? given : memory.load());
  if (Object.keys(answers).length > 0) keep();
  model.on("change:answers", follow);
  return () => {
    model.off("change:answers", follow);
    frame.destroy();
  };
}

const FIRST = {
  numeric: "Give a number first.",
  "own words": "Write first. If you have: compare, tick what yours says too, and check again.",
};

// A question of an earlier chapter has its number in front of its id.
function origin({ id }) {
  const [chapter, asked] = id.split("/");
  return asked ? `, from chapter ${Number(chapter)}` : "";
}

// One question; `onAnswer` gets what was checked, and null when it is changed after that.
function questionPart(question, number, onAnswer) {
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
    element("span", { class: "rnnbook-quiz-number" }, `Question ${number}${origin(question)}. `),
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
  submit.setAttribute("aria-label", `Check question ${number}`);
  const root = element("form", { novalidate: true, onsubmit: check }, field.root, submit, feedback);
  root.addEventListener("keydown", (event) => {
    // In JupyterLab a browser does not send a form at Enter by itself.
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    root.requestSubmit();
  });
  return { root, show };
}
