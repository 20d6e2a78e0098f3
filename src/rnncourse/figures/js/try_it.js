// One question in the middle of a page: the same with a step missing, checked at once.

import { figureFrame } from "./base/frame.js";
import { gradeAnswer, isAnswer } from "./quiz/grading.js";
import { quizMemory, unseal } from "./quiz/memory.js";
import { questionPart } from "./quiz/part.js";

export function render({ model, el }) {
  const { edition, questions } = unseal(model.get("sealed"));
  const [question] = questions;
  const memory = quizMemory(`${model.get("chapter")}-try-${question.id}`, edition);
  const frame = figureFrame(el, { question: "Your turn, before you read on." });
  frame.root.classList.add("rnnbook-quiz", "rnnbook-try");
  let given = null;
  const keep = (answer) => {
    given = answer;
    memory.save(answer === null ? {} : { [question.id]: answer }, 0, 0);
    model.set("answer", answer);
    model.save_changes();
    const right = answer !== null && gradeAnswer(question, answer).right;
    frame.say(right ? "Right. Read on." : "");
  };
  const part = questionPart(question, "", keep);
  frame.stage.append(part.root);

  function adopt(wanted) {
    given = isAnswer(question, wanted) ? wanted : null;
    part.show(given);
  }
  // What we set ourselves is heard too, and the field must not be emptied while somebody types.
  const follow = () => {
    const wanted = model.get("answer");
    if (JSON.stringify(wanted) !== JSON.stringify(given)) adopt(wanted);
  };
  adopt(model.get("answer") ?? memory.load()[question.id]);
  model.on("change:answer", follow);
  return () => {
    model.off("change:answer", follow);
    frame.destroy();
  };
}
