// The cart on its track, with the pole; on the cart what its policy carries from step to step.

import { svgChart } from "../base/chart.js";
import { element, svgElement } from "../base/dom.js";
import { DEGREES, straightLine, wordsAt } from "./parts.js";
import { TRACK } from "./world.js";

const TALLNESS = 250; // of the picture, in pixels
const GROUND = TALLNESS - 26;
const BODY = { width: 76, height: 30, wheel: 7 };
const DECK = GROUND - 2 * BODY.wheel - BODY.height; // where the pole is hinged
const ROOM = 0.35; // m beside the track
const LEAST_METRE = 80; // pixels: on a phone the picture follows the cart
const SHOWN_FOR = 40; // steps that the arrow of a push is there

/**
 * @param {(direction: number) => void} onPush A push to the left (−1) or right (1): by an arrow
 *   key, or by a tap, which pushes the cart away.
 * @returns `root`, `update({ run, length, color, text, label })`, `destroy()`.
 */
export function cartPicture(onPush) {
  let cartAt = 0;
  const chart = svgChart({
    height: TALLNESS,
    draw({ run, length, color, text }, width) {
      const [x] = run.state;
      const wide = Math.max(width / (2 * (TRACK + ROOM)), LEAST_METRE);
      const metre = Math.min(wide, (DECK - 12) / (2 * length));
      const beyond = Math.max(TRACK + ROOM - width / (2 * metre), 0);
      const camera = Math.min(Math.max(x, -beyond), beyond);
      const toX = (place) => width / 2 + metre * (place - camera);
      cartAt = toX(Math.min(Math.max(x, -TRACK), TRACK));
      const cart = cartParts(run, 2 * length * metre, color);
      return [
        ...trackParts(toX),
        ...pushParts(run, cartAt),
        svgElement("g", { transform: `translate(${cartAt.toFixed(1)} 0)` }, ...cart),
        wordsAt(width - 4, 20, "end", text, "rnnbook-cart-clock"),
      ];
    },
  });
  const named = { role: "group", tabindex: "0", "aria-label": "The cart: arrow keys push it" };
  const root = element("div", { class: "rnnbook-cart-picture", ...named }, chart.root);
  root.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (!event.repeat) onPush(direction);
  });
  root.addEventListener("click", ({ clientX }) => {
    onPush(clientX - chart.root.getBoundingClientRect().left < cartAt ? 1 : -1);
  });
  return { root, update: chart.update, destroy: chart.destroy };
}

function trackParts(toX) {
  const track = (x1, y1, x2, y2) => straightLine(toX(x1), y1, toX(x2), y2, "rnnbook-cart-track");
  const ends = [-TRACK, TRACK].map((end) => track(end, GROUND - 14, end, GROUND + 5));
  const places = [-2, -1, 0, 1, 2].flatMap((place) => [
    straightLine(toX(place), GROUND, toX(place), GROUND + 5, "rnnbook-axis"),
    wordsAt(toX(place), GROUND + 19, "middle", place ? `${place}`.replace("-", "−") : "0 m"),
  ]);
  return [...places, ...ends, track(-TRACK, GROUND, TRACK, GROUND)];
}

function cartParts({ state, frozen, carried }, length, color) {
  const { width, height, wheel } = BODY;
  const tilt = `rotate(${(state[2] * DEGREES).toFixed(2)} 0 ${DECK})`;
  const pole = straightLine(0, DECK, 0, DECK - length, "rnnbook-cart-pole");
  pole.setAttribute("transform", tilt);
  pole.style.setProperty("stroke", color);
  const box = { x: -width / 2, y: DECK, width, height, rx: 5 };
  const round = (cx, cy, r) => svgElement("circle", { cx, cy, r, class: "rnnbook-cart-wheel" });
  const name = frozen ? "rnnbook-cart-box rnnbook-cart-frozen" : "rnnbook-cart-box";
  return [
    svgElement("rect", { ...box, class: name }),
    round(-24, GROUND - wheel, wheel),
    round(24, GROUND - wheel, wheel),
    ...carriedParts(carried, color),
    pole,
    round(0, DECK, 5),
  ];
}

/** A bar for each number that is carried, up or down. */
function carriedParts(numbers, color) {
  const each = (BODY.width - 10) / Math.max(numbers.length, 1);
  return numbers.map((number, k) => {
    const height = Math.min(Math.abs(number), 1) * (BODY.height / 2 - 3);
    const y = DECK + BODY.height / 2 - (number > 0 ? height : 0);
    const bar = { x: 5 - BODY.width / 2 + k * each, y, width: 0.8 * each, height };
    return svgElement("rect", { ...bar, style: { fill: color } });
  });
}

/** An arrow behind the cart while it is pushed, and a little longer. */
function pushParts({ steps, pushedAt, pushedTo }, x) {
  if (steps - pushedAt > SHOWN_FOR) return [];
  const y = DECK + BODY.height / 2;
  const [tail, head] = [104, BODY.width / 2 + 6].map((far) => x - pushedTo * far);
  const wing = head - 13 * pushedTo;
  const d = `M${tail} ${y}H${head}M${wing} ${y - 10}L${head} ${y}L${wing} ${y + 10}`;
  return [svgElement("path", { d, class: "rnnbook-cart-push" })];
}
