// The cart and the pole: trained networks balance it, and the reader pushes.

import { button } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { frameLoop } from "./base/loop.js";
import { followSettings } from "./base/settings.js";
import { balance, firstRun } from "./cart_and_pole/balance.js";
import { cartPicture } from "./cart_and_pole/picture.js";
import { openPolicy } from "./cart_and_pole/policy.js";
import { balanceSettings } from "./cart_and_pole/settings.js";
import { DEGREES } from "./cart_and_pole/parts.js";
import { KEPT, stripChart } from "./cart_and_pole/strip.js";
import { heldFor, standingsTable } from "./cart_and_pole/table.js";
import {
  describeCart,
  describeCaught,
  describeFall,
  describeFirst,
  describeFreeze,
  describePush,
  describeStrip,
  describeWipe,
  inSeconds,
  whatItHas,
} from "./cart_and_pole/words.js";
import { SECONDS } from "./cart_and_pole/world.js";

const OWN = "var(--rnnbook-cart-own)";
const LOST = 200; // ms that nothing was drawn: the page was not in sight, and time stood still
const WAITS = 60; // steps after a fall
const CAUGHT = 100; // steps after a push
const EVERY = 50; // steps, in the values

/** See `CartAndPole` in Python for the traits. */
export function render({ model, el }) {
  const policies = model.get("policies");
  const networks = policies.map(openPolicy);
  const [scale, seed] = [model.get("scale"), model.get("seed")];
  const names = ["chosen", "frozen", "noise", "length", "push_force", "slow"];
  const { begin, change, now, release } = followSettings(model, names, update);
  let bests = policies.map(() => 0);
  let [firsts, madeFor] = [null, ""]; // the first runs of all, and of which settings they are
  let [run, history, random] = [null, [], null];
  let live = false; // whether the reader has let it go on
  let [clock, waited] = [null, 0];
  let inWords = ""; // the cart and the pole, when something happened last

  const frame = figureFrame(el, { question: model.get("question"), onReset: reset, values });
  const loop = frameLoop(el, { work, afterFrame: draw, onChange: onRunning });
  const start = button({ label: "Start", primary: true, onClick: startOrPause });
  const [left, right] = [-1, 1].map((direction) =>
    button({
      label: direction < 0 ? "← Push left" : "Push right →",
      onClick: () => push(direction),
    }),
  );
  const wipe = button({ label: "Wipe its memory", onClick: wiped });
  const settings = balanceSettings(begin, policies.map(({ name }) => name), { change, again });
  const picture = cartPicture(push);
  const strip = stripChart();
  const key = element("p", { class: "rnnbook-cart-key" });
  const table = standingsTable(policies);

  function tell(words) {
    inWords = describeCart(chosen(), run);
    frame.say(words);
  }

  function physical() {
    const { noise, length, push_force, frozen } = now();
    return { noise, length, push_force, frozen };
  }

  function options(k) {
    return { policy: networks[k], sees: policies[k].sees, scale, ...physical() };
  }

  function chosen() {
    return policies[now().chosen];
  }

  function reset() {
    live = false;
    bests = policies.map(() => 0);
    change({ ...begin });
  }

  function startOrPause() {
    if (loop.running) return loop.stop();
    if (run.fell) beginAgain();
    go();
    return tell(`“${chosen().name}” balances. ${whatItHas(chosen())}`);
  }

  function again() {
    beginAgain();
    go();
    tell(`“${chosen().name}” begins again.`);
  }

  function push(direction) {
    if (run.fell) beginAgain();
    run.push(direction);
    go();
    tell(describePush(direction, now().push_force));
  }

  function wiped() {
    run.wipe();
    draw();
    tell(describeWipe(chosen()));
  }

  function go() {
    live = true;
    if (!loop.running) clock = null;
    loop.start();
  }

  function beginAgain() {
    live = true;
    waited = 0;
    run = balance({ ...options(now().chosen), random });
  }

  function onRunning(running) {
    start.label = running ? "Pause" : "Start";
    inWords = describeCart(chosen(), run);
    draw();
  }

  /** A step, when it is time for it. */
  function work() {
    const [time, lasts] = [performance.now(), 1000 * SECONDS * (now().slow ? 4 : 1)];
    if (clock === null || time - clock > LOST + lasts) clock = time - lasts;
    if (time - clock < lasts) return "rest";
    clock += lasts;
    step();
    return true;
  }

  function step() {
    if (run.fell) {
      run.tumble();
      waited += 1;
      if (waited > WAITS) beginAgain();
      return;
    }
    history.push(run.step());
    if (history.length > KEPT) history.shift();
    const k = now().chosen;
    bests[k] = Math.max(bests[k], run.seconds);
    if (run.fell) tell(`${describeFall(chosen(), run)} It begins again.`);
    else if (run.steps - run.pushedAt === CAUGHT) tell(describeCaught(chosen()));
  }

  function update(changed) {
    check(now(), policies.length);
    settings.show(now());
    frame.stage.dataset.cart = chosen().kind;
    key.replaceChildren(...keyOf(chosen()));
    if (!live || !changed) return showFirst();
    if (changed.includes("chosen") && !loop.running) return showFirst();
    if (changed.includes("chosen")) {
      beginAgain();
      tell(`“${chosen().name}” balances. ${whatItHas(chosen())}`);
    } else if (changed.includes("frozen")) {
      tell(describeFreeze(chosen(), now().frozen));
    }
    Object.assign(run, physical());
    makeFirsts();
    return draw();
  }

  function makeFirsts() {
    const wanted = Object.values(physical()).join();
    if (wanted === madeFor) return;
    madeFor = wanted;
    firsts = policies.map((_, k) => {
      const { fell, seconds } = firstRun({ ...options(k), seed }).run;
      return { fell, seconds };
    });
  }

  function showFirst() {
    live = false;
    makeFirsts();
    ({ run, history, random } = firstRun({ ...options(now().chosen), seed }));
    for (let k = 0; run.fell && k < WAITS; k++) run.tumble();
    waited = 0;
    loop.stop();
    tell(describeFirst(chosen(), run, now().frozen));
    draw();
  }

  function draw() {
    const { length, frozen } = now();
    const text = `${run.fell ? "fell after" : "balanced for"} ${inSeconds(run.seconds)}`;
    picture.update({ run, length, color: OWN, text, label: inWords });
    strip.update({ history, color: OWN, label: describeStrip(chosen().probe) });
    table.update({ firsts, bests, chosen: now().chosen, frozen });
  }

  function values() {
    const { frozen, noise, length } = now();
    const event = frozen ? "memory frozen after 5\u00a0s" : "pushed after 5\u00a0s";
    const last = history.length - 1;
    const shown = history.map((entry, k) => ({ ...entry, ago: last - k }));
    return [
      {
        caption:
          "How long each has balanced the pole: in the first 10\u00a0s, and at best since. " +
          `Noise ${noise}, a pole of ${2 * length}\u00a0m.`,
        head: ["", event, "your best"],
        rows: policies.map(({ name }, k) => [
          name,
          heldFor(firsts[k]),
          bests[k] ? inSeconds(bests[k]) : "–",
        ]),
      },
      {
        caption: `The last ten seconds, a row a second: “${chosen().name}” balances.`,
        head: ["s ago", "cart, m", "angle, °", "angular velocity, °/s", "as its state says, °/s"],
        rows: shown
          .filter(({ ago }) => ago % EVERY === 0)
          .map(({ ago, x, angle, turn, believed }) => [
            String(ago * SECONDS),
            x,
            ...[angle, turn, believed].map((one) => one * DEGREES),
          ]),
      },
    ];
  }

  frame.root.classList.add("rnnbook-cart");
  frame.controls.append(...settings.inSight);
  frame.buttons.prepend(start.root, left.root, right.root, wipe.root);
  const strips = element("div", {}, strip.root, key);
  frame.stage.append(
    picture.root,
    element("div", { class: "rnnbook-cart-below" }, strips, table.root),
  );
  frame.values.before(settings.folded);
  update([]);
  return () => {
    loop.destroy();
    picture.destroy();
    strip.destroy();
    release();
    frame.destroy();
  };
}

function keyOf({ kind, frames, H, probe }) {
  const lines = probe ? { turn: "as it is", believed: "as its state says it" } : {};
  const keys = Object.entries(lines).map(([name, words]) =>
    element(
      "span",
      {},
      element("span", { class: `rnnbook-cart-${name}-key`, "aria-hidden": "true" }),
      words,
    ),
  );
  const bars = kind === "gru" ? `its state, ${H} numbers` : "the frames before this one";
  const carried = kind === "gru" || frames > 1 ? `Bars: ${bars}.` : "";
  return [...keys, element("span", {}, `${carried} Upright: a push.`)];
}

function check({ chosen, frozen, noise, length, push_force, slow }, count) {
  if (!Number.isInteger(chosen) || chosen < 0 || chosen >= count) {
    throw new RangeError("chosen must be a policy that there is");
  }
  if (!(noise >= 0 && noise <= 0.3)) throw new RangeError("noise must be 0 to 0.3");
  if (!(length >= 0.125 && length <= 1)) throw new RangeError("length must be 0.125 to 1");
  if (!(push_force >= 2.5 && push_force <= 20)) {
    throw new RangeError("push_force must be 2.5 to 20");
  }
  if (typeof frozen !== "boolean") throw new RangeError("frozen must be true or false");
  if (typeof slow !== "boolean") throw new RangeError("slow must be true or false");
}
