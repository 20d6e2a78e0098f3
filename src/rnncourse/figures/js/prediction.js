// What a chapter asks before it begins. The reader chooses and locks; what is locked is kept, and is
// compared with the answer when the reader asks for it. Everything happens here, without a kernel.

import { button } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { answerField } from "./quiz/fields.js";
import { isAnswer } from "./quiz/grading.js";
import { markup } from "./quiz/markup.js";
import { quizMemory, unseal } from "./quiz/memory.js";

export function render({ model, el }) {
  const { edition, questions } = unseal(model.get("sealed"));
  const memory = quizMemory(`${model.get("chapter")}-prediction`, edition);
  const frame = figureFrame(el, { question: "Predict, then read on." });
  frame.root.classList.add("rnnbook-quiz", "rnnbook-prediction");

  let locked = {};
  const parts = questions.map((question) =>
    predictionPart(question, (answer) => {
      locked = { ...locked, [question.id]: answer };
      if (answer === null) delete locked[question.id];
      memory.save(locked, 0, 0);
      model.set("answers", locked);
      model.save_changes();
    }),
  );
  frame.stage.append(...parts.map((part) => part.root));

  function adopt(wanted) {
    const valid = questions.filter(({ id }) => id in wanted);
    const kept = valid.filter((question) => isAnswer(question, wanted[question.id]));
    locked = Object.fromEntries(kept.map(({ id }) => [id, wanted[id]]));
    questions.forEach(({ id }, index) => parts[index].show(locked[id] ?? null));
  }
  const follow = () => {
    const wanted = model.get("answers");
    if (JSON.stringify(wanted) !== JSON.stringify(locked)) adopt(wanted);
  };
  const given = model.get("answers");
  adopt(Object.keys(given).length > 0 ? given : memory.load());
  model.on("change:answers", follow);
  return () => {
    model.off("change:answers", follow);
    frame.destroy();
  };
}

// One prediction; `onLock` gets the index of what was locked, and null when it is opened again.
function predictionPart(question, onLock) {
  const legend = element("legend", {}, markup(question.text));
  const says = element("div", { class: "rnnbook-quiz-feedback", role: "status" });
  const field = answerField(question, legend, { onChange() {}, say() {} });
  const lock = button({ label: "Lock my answer", onClick: lockIt });
  const compare = button({ label: "Compare", onClick: compareIt });
  const again = button({ label: "Choose again", onClick: () => set(null) });
  const root = element(
    "div",
    { class: "rnnbook-prediction-part" },
    field.root,
    lock.root,
    compare.root,
    again.root,
    says,
  );
  let answer = null;

  function show(wanted) {
    answer = wanted;
    field.write(answer);
    field.root.disabled = answer !== null;
    lock.root.hidden = answer !== null;
    compare.root.hidden = again.root.hidden = answer === null;
    says.className = "rnnbook-quiz-feedback";
    const words = "Locked. The page answers; compare when you have read it.";
    says.replaceChildren(...(answer === null ? [] : [element("p", {}, words)]));
  }
  function set(wanted) {
    show(wanted);
    onLock(wanted);
    (wanted === null ? lock : compare).root.focus();
  }
  function lockIt() {
    const chosen = field.read();
    if (chosen === null) says.replaceChildren(element("p", {}, "Choose first."));
    else set(chosen);
  }
  function compareIt() {
    const { options } = question;
    const right = options.find((option) => option.right);
    const mine = options[answer];
    const verdict = mine === right ? "✓ As you said." : "✗ It went otherwise.";
    const notes = mine === right ? [] : [["You said:", mine]];
    notes.push([mine === right ? "" : "What happens:", right]);
    says.replaceChildren(
      element("p", { class: "rnnbook-quiz-verdict" }, verdict),
      ...notes.map(([about, { text, why }]) =>
        element("p", {}, `${about} `, element("em", {}, markup(text)), " ", markup(why)),
      ),
    );
    says.classList.add(mine === right ? "rnnbook-quiz-right" : "rnnbook-quiz-wrong");
  }
  show(null);
  return { root, show };
}
