// The forecast: what a network, the naive forecast and the truth say after an origin that is moved.

import { choice, slider } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { wholePercent } from "./base/letters.js";
import { followSettings } from "./base/settings.js";
import { openNetwork } from "./forecast/network.js";
import { ownFile } from "./forecast/own.js";
import { forecastPicture } from "./forecast/picture.js";
import { createStudy, lookFrom } from "./forecast/study.js";
import { describeFan, describePicture, describeShift, naiveName, nameOf } from "./forecast/words.js";

const OWN = "own";
const STEPS = [1, 2, 3, 6, 12, 24]; // ahead, in the tables

/** See `Forecast` in Python for the traits. */
export function render({ model, el }) {
  const all = model.get("series");
  const studies = new Map();
  const { begin, change, now, release } = followSettings(model, ["chosen", "origin", "shifted"], update);
  let showsOwn = false;
  let study = null;
  let at = 0; // the origin, in the values that are here

  const frame = figureFrame(el, {
    question: model.get("question"),
    onReset: () => show(false, { ...begin }),
    values,
  });
  const list = choice({
    label: "Series",
    options: [...all.map(({ name }, k) => [String(k), name]), [OWN, "Your own CSV"]],
    value: begin.chosen,
    onChange: (k) => show(k === OWN, k === OWN ? { origin: 0 } : { chosen: Number(k), origin: 0 }),
  });
  const origin = slider({
    label: "Origin",
    value: 1,
    min: 1,
    max: 2,
    step: 1,
    format: (known) => `${known.toLocaleString("en")} values known`,
    onInput: (known) => change({ origin: known }),
  });
  const shift = element(
    "button",
    {
      type: "button",
      class: "rnnbook-button rnnbook-forecast-shift",
      onclick: () => change({ shifted: !now().shifted }),
    },
    "Yesterday, shifted",
  );
  const picture = forecastPicture((local) => change({ origin: local + study.start }));
  const key = element("p", { class: "rnnbook-forecast-key" });
  const own = ownFile(el, {
    say: frame.say,
    onStudy: (afresh) => show(true, afresh ? { origin: 0 } : {}),
  });
  origin.root.classList.add("rnnbook-forecast-origin");
  frame.controls.append(list.root, origin.root);
  frame.buttons.prepend(shift);
  frame.stage.append(picture.root, key);
  frame.values.before(own.root);

  function show(ofOwn, wanted) {
    showsOwn = ofOwn;
    change(wanted);
  }

  function studyOf(k) {
    if (!studies.has(k)) {
      const { network, start, first, origin: begins, ...rest } = all[k];
      const series = { ...rest, start, first: first - start, origin: begins - start };
      studies.set(k, createStudy(series, "network", openNetwork(network)));
    }
    return studies.get(k);
  }

  function update(changed) {
    if (!changed) showsOwn = false; // a link or a kernel asks for one
    const { chosen, origin: wanted, shifted } = now();
    check(now(), all.length);
    study = (showsOwn && own.study()) || studyOf(chosen);
    const { start, first, last } = study;
    at = wanted === 0 ? study.origin : Math.min(Math.max(wanted - start, first), last);
    list.value = showsOwn ? OWN : chosen;
    own.root.hidden = !showsOwn;
    if (!showsOwn) own.stop();
    Object.assign(origin.input, { min: first + start, max: last + start });
    origin.value = at + start;
    shift.setAttribute("aria-pressed", shifted);
    frame.stage.dataset.forecast = study.kind;
    picture.root.classList.toggle("rnnbook-forecast-fixed", shifted);
    picture.update({ study, origin: at, shifted, label: describePicture(study, at, shifted) });
    key.replaceChildren(...keyOf(study, shifted));
    if (showsOwn && !own.study()) frame.say("Choose a file below, or drop one on the figure.");
    else if (shifted) frame.say(describeShift(study));
    else frame.say(describeFan(study, at, lookFrom(study, at), others().slice(1)));
  }

  /** What is shown, and what else forecasts the same series. */
  function others() {
    const made = showsOwn ? own.all() : [];
    return [study, ...made.filter((one) => one !== study)];
  }

  function values() {
    const { scores, name, start } = study;
    const { fan, naive, came } = lookFrom(study, at);
    const score = (title, of) => [title, of(scores), ...STEPS.map((k) => of(scores.steps[k - 1]))];
    return [
      {
        caption:
          `${name}: mean absolute error over ${scores.origins} origins, where 1 is the error of ` +
          `${naiveName(study)} in training; and how often what came lay in the fan.`,
        head: ["", "all 24 steps", ...STEPS.map((k) => `step ${k}`)],
        rows: [
          ...others().map((one) => [
            nameOf(one),
            one.scores.own,
            ...STEPS.map((k) => one.scores.steps[k - 1].own),
          ]),
          score(naiveName(study), (one) => one.naive),
          score("in the fan", (one) => wholePercent(one.inside)),
        ],
      },
      {
        caption: `The forecast with ${(at + start).toLocaleString("en")} values known.`,
        head: ["step", "10 % below", "middle", "90 % below", naiveName(study), "what came"],
        rows: STEPS.map((k) => [String(k), ...fan[k - 1], naive[k - 1], came[k - 1]]),
      },
    ];
  }

  update([]);
  return () => {
    own.destroy();
    picture.destroy();
    release();
    frame.destroy();
  };
}

function keyOf(study, shifted) {
  const [own, plain] = [nameOf(study), naiveName(study)];
  const names = shifted
    ? { known: "the truth", own: `${own}, one step ahead`, moved: "the same, moved one step left" }
    : { known: "known", own, fan: "its fan: 80\u00a0% promised", naive: plain, came: "what came" };
  const lines = Object.entries(names).map(([name, words]) =>
    element(
      "span",
      {},
      element("span", { class: `rnnbook-forecast-${name}-key`, "aria-hidden": "true" }),
      words,
    ),
  );
  const far = study.season > 1 ? "season" : "step";
  return [
    ...lines,
    element("span", {}, `Errors are scaled (MASE): 1 is ${plain}’s, a ${far} ahead, in training.`),
  ];
}

function check({ chosen, origin, shifted }, count) {
  const whole = (value, most) => Number.isInteger(value) && value >= 0 && value <= most;
  if (!whole(chosen, count - 1)) throw new RangeError("chosen must be a series that there is");
  if (!whole(origin, Infinity)) throw new RangeError("origin must be a whole number, 0 or more");
  if (typeof shifted !== "boolean") throw new RangeError("shifted must be true or false");
}
