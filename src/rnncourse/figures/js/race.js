// A race in the page: simple RNN, LSTM and GRU train on the same data, several seeds each.

import { button } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { frameLoop } from "./base/loop.js";
import { followSettings } from "./base/settings.js";
import { Races } from "./race/races.js";
import { updatesOf } from "./race/run.js";
import { raceSettings } from "./race/settings.js";
import { resultsOf } from "./race/standing.js";
import { racersTable } from "./race/table.js";
import { raceTrack } from "./race/track.js";
import { comparedInWords, raceInWords, titleInWords } from "./race/words.js";

const SAY_EVERY = 3000; // ms
const DRAW_EVERY = 100; // ms

/** See `Race` in Python for the traits. */
export function render({ model, el }) {
  const { races: finished, measured } = model.get("finished");
  const races = new Races(finished, model.get("guest"));
  const names = ["task", "match", "rate", "axis"];
  const { begin, change, now, quietly, release } = followSettings(model, names, update);
  let running = null; // the race that the loop is at
  let [drawn, spoken] = [0, 0];

  const frame = figureFrame(el, {
    question: "Which cell learns it first: by updates, and by the clock?",
    onReset() {
      races.prefersFinished = true;
      change(begin);
    },
    values: () => [track.values()],
  });
  const loop = frameLoop(el, { work: () => running.work(), afterFrame, onChange: onRunning });
  const start = button({ label: "", primary: true, onClick: startOrPause });
  const swap = button({ label: "", onClick: exchange });
  const tasks = finished.map(({ task, title }) => [task.name, title.split(":")[0]]);
  const settings = raceSettings(begin, [...new Map(tasks)], change);
  const title = element("p", { class: "rnnbook-race-title" });
  const track = raceTrack();
  const table = racersTable();

  function startOrPause() {
    if (loop.running) return loop.stop();
    running = races.goOn(now());
    return loop.start();
  }

  function exchange() {
    races.prefersFinished = !races.prefersFinished;
    update();
  }

  function onRunning() {
    update();
    quietly(resultsOf(running));
  }

  function afterFrame() {
    const time = performance.now();
    if (time - drawn > DRAW_EVERY) draw();
    if (time - spoken > SAY_EVERY) say();
  }

  function update() {
    const race = races.shown(now());
    if (loop.running && race !== running) return loop.stop(); // it comes back here
    const own = races.own(now());
    const begun = own.seeds.length > 0;
    const over = begun && updatesOf(own) === own.updates;
    settings.show(now());
    start.label = loop.running ? "Pause" : over ? "Five more seeds" : begun ? "Go on" : "Race here";
    swap.label = race === own ? "Show the recorded race" : "Show my race";
    swap.root.hidden = !races.areTwo(now());
    draw();
    say();
  }

  function draw() {
    const [race, { axis }] = [races.seen(races.shown(now())), now()];
    drawn = performance.now();
    title.textContent = titleInWords(race);
    track.update(race, axis, raceInWords(race, axis), races.plan(now()));
    table.update(race, axis);
  }

  function say() {
    const [race, { axis }] = [races.shown(now()), now()];
    spoken = performance.now();
    const recorded = races.plan(now());
    const origin =
      race === recorded ? `Recorded on ${measured}.` : comparedInWords(race, recorded, axis);
    frame.say(`${raceInWords(races.seen(race), axis)} ${origin}`);
  }

  frame.root.classList.add("rnnbook-race");
  frame.controls.append(...settings.inSight);
  frame.buttons.prepend(start.root, swap.root);
  frame.buttons.after(settings.folded);
  frame.stage.append(title, track.root, table.root);
  update();
  return () => {
    loop.destroy();
    track.destroy();
    release();
    frame.destroy();
  };
}
