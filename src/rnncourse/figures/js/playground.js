// The gradient playground: simple RNN, LSTM and GRU train while the reader watches how far the
// gradient reaches back.

import { button, choice, radios } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { linkWith, readLink, writeLink } from "./base/link.js";
import { frameLoop } from "./base/loop.js";
import { linkSharing, settingControls, storyChoice } from "./playground/controls.js";
import { PlaygroundSession } from "./playground/session.js";
import { FIELDS, tidySettings } from "./playground/settings.js";
import { gradientSound } from "./playground/sound.js";
import { playgroundStage } from "./playground/stage.js";
import { settingsOf } from "./playground/stories.js";
import { runsInWords } from "./playground/words.js";

const LINK_NAME = "playground";
const OWN_PAGE = "playground.html"; // where a shared link leads
const SAY_EVERY = 2500; // ms
const TELL_EVERY = 500; // ms between messages to the kernel

const TRAITS = Object.keys(FIELDS);

function settingsIn(model) {
  return tidySettings(Object.fromEntries(TRAITS.map((name) => [name, model.get(name)])));
}

function foldedSettings(...parts) {
  const summary = element("summary", {}, "Settings");
  return element("details", { class: "rnnbook-playground-settings" }, summary, ...parts);
}

function paceChoice(session) {
  return choice({
    label: "Pace",
    options: [
      ["slow", "10 steps a second"],
      ["watch", "60 steps a second"],
      ["fast", "as fast as it goes"],
    ],
    value: session.pace,
    onChange(value) {
      session.pace = value;
    },
  });
}

export function render({ model, el }) {
  const given = settingsIn(model);
  const compact = model.get("compact"); // one story within a chapter: no others, no address
  const session = new PlaygroundSession();
  const writesAddress = !compact && location.pathname.endsWith(OWN_PAGE);
  let spoken = 0;
  let told = 0;
  let telling = false; // what changes in the model while we tell it something is no news
  let touched = false; // what the page or a link opens with is not the reader's: no address for it

  const frame = figureFrame(el, {
    question: "How far back does the gradient reach, and what does the cell make of it?",
    onReset: () => follow({ ...given, show: "x" }),
    values: () => stage.values(),
  });
  const stage = playgroundStage(frame.stage);
  const settings = settingControls(given, (change) => begin({ ...session.settings, ...change }));
  const stories = storyChoice((story) => begin(settingsOf(story)));
  const train = button({ label: "Train", primary: true, onClick: toggleTraining });
  const back = button({ label: "Bring back the run before", onClick: bringBack });
  const quantity = radios({
    label: "Show the gradient of the loss at",
    options: [
      ["x", "inputs x"],
      ["h", "hidden states h"],
      ["c", "cell states c (LSTM)"],
    ],
    value: session.quantity,
    onChange(value) {
      session.quantity = value;
      draw();
    },
  });
  const loop = frameLoop(el, { work: () => session.work(), afterFrame, onChange: onRunning });

  function begin(wanted) {
    loop.stop();
    session.begin(wanted);
    show();
  }

  function bringBack() {
    loop.stop();
    session.bringBack();
    show();
  }

  function follow(link) {
    loop.stop();
    const steps = session.follow(link);
    show();
    if (steps > 0) train.label = `Train to step ${steps}`; // a link starts nothing: the reader does
  }

  function show({ opening = false } = {}) {
    train.label = "Train";
    stage.arrange(session.settings);
    settings.show(session.settings);
    stories.show(session.story);
    quantity.value = session.quantity;
    back.root.hidden = !session.left;
    draw({ opening });
  }

  function draw({ opening = false } = {}) {
    const drawn = () => {
      tell();
      frame.say(runsInWords(session.runs));
      if (writesAddress && touched) writeLink(LINK_NAME, session.link);
    };
    stage.drawAll(session, drawn, opening);
  }

  function afterFrame() {
    const now = performance.now();
    stage.drawNext(session);
    if (now - told > TELL_EVERY) tell();
    if (now - spoken < SAY_EVERY) return;
    spoken = now;
    frame.say(runsInWords(session.runs));
  }

  function onRunning(running) {
    train.label = running ? "Pause" : "Train";
    spoken = performance.now();
    if (!running) draw();
  }

  function toggleTraining() {
    if (loop.running) return loop.stop();
    session.extend();
    return loop.start();
  }

  function stepOnce() {
    loop.stop();
    session.stepOnce();
    draw();
  }

  function nextSample() {
    session.sample = (session.sample + 1) % session.runs[0].trainer.heldOut.B;
    draw();
  }

  function address() {
    const link = new URL(linkWith(LINK_NAME, session.link));
    if (link.pathname.endsWith(".html")) {
      link.pathname = link.pathname.replace(/[^/]*$/, OWN_PAGE);
    }
    return link.href;
  }

  function tell() {
    told = performance.now();
    telling = true;
    for (const name of TRAITS) model.set(name, session.settings[name]);
    model.set("step", session.steps);
    model.set("results", session.results);
    model.save_changes();
    telling = false;
  }

  function onModelChange() {
    const wanted = settingsIn(model);
    if (!telling && TRAITS.some((name) => wanted[name] !== session.settings[name])) begin(wanted);
  }

  function onHashChange() {
    const link = readLink(LINK_NAME);
    if (!link) return;
    touched = false;
    follow(link);
    frame.root.scrollIntoView({ block: "start" });
  }

  frame.root.classList.add("rnnbook-playground");
  const sharing = linkSharing(address, (words) => frame.say(words));
  const sound = gradientSound(
    () => session.runs,
    () => session.quantity,
    (words) => frame.say(words),
  );
  const again = () => begin(session.settings);
  const more = element(
    "div",
    { class: "rnnbook-buttons" },
    button({ label: "One step", onClick: stepOnce }).root,
    button({ label: "Back to step 0", onClick: again }).root,
    button({ label: "Another sequence", onClick: nextSample }).root,
    back.root,
    sound.root,
    sharing.button,
    paceChoice(session).root,
  );
  frame.controls.replaceWith(stories.watch);
  frame.buttons.prepend(...(compact ? [] : [stories.root]), train.root);
  frame.buttons.append(frame.values); // the figure fills a screen as it is
  frame.buttons.after(foldedSettings(settings.root, quantity.root, more, sharing.place));
  const words = frame.root.querySelector(".rnnbook-says");
  frame.stage.before(words, stage.table);
  for (const kind of ["input", "change", "click"]) {
    frame.root.addEventListener(kind, () => (touched = true), { capture: true });
  }
  TRAITS.forEach((name) => model.on(`change:${name}`, onModelChange));
  const linked = compact ? null : readLink(LINK_NAME);
  if (linked) onHashChange();
  else {
    session.begin(given);
    show({ opening: true });
    if (!compact) loop.start(); // to the end of the first story: something to see at once
  }
  if (!compact) {
    el.dataset.readsAddress = ""; // the page's host leaves links to us
    addEventListener("hashchange", onHashChange);
  }

  return () => {
    loop.destroy();
    stage.destroy();
    sound.destroy();
    TRAITS.forEach((name) => model.off(`change:${name}`, onModelChange));
    removeEventListener("hashchange", onHashChange);
    frame.destroy();
  };
}
