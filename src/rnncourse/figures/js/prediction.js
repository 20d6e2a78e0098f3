// What a page asks before it answers. A tap chooses and locks; what is locked is kept, and is compared
// with the answer when the reader asks for it. Everything happens here, without a kernel.

import { button } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { isAnswer } from "./quiz/grading.js";
import { markup } from "./quiz/markup.js";
import { quizMemory, unseal } from "./quiz/memory.js";

export function render({ model, el }) {
  const { edition, questions } = unseal(model.get("sealed"));
  const [question] = questions;
  const { options } = question;
  const memory = quizMemory(`${model.get("chapter")}-prediction-${question.id}`, edition);
  const asked = element("span", {}, element("span", {}, "Predict. "), markup(question.text));
  const frame = figureFrame(el, { question: asked });
  frame.root.classList.add("rnnbook-quiz", "rnnbook-prediction");

  const chosen = options.map(({ text }, index) => {
    const { root } = button({ label: "", onClick: () => set(index) });
    root.append(markup(text));
    return root;
  });
  const compare = button({ label: "Compare", onClick: compareIt }).root;
  const again = button({ label: "Choose again", onClick: () => set(null) }).root;
  const says = element("div", { class: "rnnbook-quiz-feedback", role: "status" });
  frame.buttons.append(...chosen, compare, again);
  frame.stage.append(says);
  let answer = null;

  function show(wanted) {
    answer = wanted;
    chosen.forEach((one, index) => {
      one.hidden = answer !== null && answer !== index;
      one.disabled = answer !== null;
      one.setAttribute("aria-pressed", String(answer === index));
    });
    compare.hidden = again.hidden = answer === null;
    says.className = "rnnbook-quiz-feedback";
    says.replaceChildren();
    frame.say(answer === null ? "" : "Locked. The page answers; compare when you have read it.");
  }
  function set(wanted) {
    show(wanted);
    memory.save(answer === null ? {} : { [question.id]: answer }, 0, 0);
    model.set("answer", answer);
    model.save_changes();
    (answer === null ? chosen[0] : compare).focus();
  }
  function compareIt() {
    const right = options.find((option) => option.right);
    const agreed = options[answer] === right;
    const notes = agreed ? [right] : [options[answer], right];
    says.replaceChildren(
      element("p", { class: "rnnbook-quiz-verdict" }, agreed ? "✓ As you said." : "✗ It goes otherwise."),
      ...notes.map(({ text, why }) =>
        element("p", {}, element("em", {}, markup(text)), " ", markup(why)),
      ),
    );
    says.classList.add(agreed ? "rnnbook-quiz-right" : "rnnbook-quiz-wrong");
  }

  const adopt = (wanted) => show(isAnswer(question, wanted) ? wanted : null);
  const follow = () => {
    if (model.get("answer") !== answer) adopt(model.get("answer"));
  };
  adopt(model.get("answer") ?? memory.load()[question.id]);
  model.on("change:answer", follow);
  return () => {
    model.off("change:answer", follow);
    frame.destroy();
  };
}
