// A chapter's questions. Each is answered, checked and explained by itself; the result of all of
// them stands at the end. Everything happens here, so that it needs no kernel.

import { button } from "./base/controls.js";
import { figureFrame } from "./base/frame.js";
import { gradeAnswer, isAnswer, resultLine } from "./quiz/grading.js";
import { quizMemory, unseal } from "./quiz/memory.js";
import { questionPart } from "./quiz/part.js";

export function render({ model, el }) {
  const { edition, questions } = unseal(model.get("sealed"));
  const memory = quizMemory(model.get("chapter"), edition);
  const frame = figureFrame(el, { question: "Choose, then check. Every answer is explained." });
  frame.root.classList.add("rnnbook-quiz");

  let answers = {};
  const parts = questions.map((question, index) =>
    questionPart(question, `Question ${index + 1}${origin(question)}`, (answer) => {
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

// A question of an earlier chapter has its number in front of its id.
function origin({ id }) {
  const [chapter, asked] = id.split("/");
  return asked ? `, from chapter ${Number(chapter)}` : "";
}
