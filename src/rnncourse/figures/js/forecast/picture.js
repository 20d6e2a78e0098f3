// A series up to an origin, and the fan of forecasts after it; or the next values as forecast.

import { svgChart } from "../base/chart.js";
import { svgElement } from "../base/dom.js";
import { scaleTo, ticks } from "../base/scale.js";
import { HORIZON } from "./baselines.js";
import { lookFrom } from "./study.js";

const HEIGHT = 300;
const EDGE = { left: 46, right: 10, top: 22, bottom: 36 };
const BEFORE = 24; // values before the first origin that are shown, and before and after the one
const SIDEWAYS = 8; // pixels to the side, from which on a finger does not mean to scroll

/**
 * @param {(origin: number) => void} onDrag Somebody has pulled the origin.
 * @returns `root`, `update({ study, origin, shifted, label })`, `destroy()`.
 */
export function forecastPicture(onDrag) {
  let toOrigin = null;
  let now = null;
  const chart = svgChart({
    height: HEIGHT,
    draw(state, width) {
      now = state;
      const [low, high] = spanOf(state);
      const toX = scaleTo([low, high], [EDGE.left, width - EDGE.right]);
      toOrigin = (x) => low + ((x - EDGE.left) / (width - EDGE.right - EDGE.left)) * (high - low) + 1;
      const drawn = state.shifted ? shiftedParts : fanParts;
      return drawn(state, [low, high], toX, width);
    },
  });
  const { root } = chart;
  root.classList.add("rnnbook-forecast-picture");
  pulled(root, {
    isOn: () => !now?.shifted,
    from: () => now.origin,
    to: ({ clientX }) => onDrag(Math.round(toOrigin(clientX - root.getBoundingClientRect().left))),
    back: onDrag,
  });
  return { root, update: chart.update, destroy: chart.destroy };
}

/** A mouse pulls at once; a finger when it has moved to the side, or taps; one that scrolls does not. */
function pulled(root, { isOn, from, to, back }) {
  let held = null;
  root.addEventListener("pointerdown", (event) => {
    if (!isOn() || event.button !== 0) return;
    const pulls = event.pointerType !== "touch";
    held = { x: event.clientX, before: from(), pulls };
    root.setPointerCapture(event.pointerId);
    if (pulls) to(event);
  });
  root.addEventListener("pointermove", (event) => {
    if (held && Math.abs(event.clientX - held.x) > SIDEWAYS) held.pulls = true;
    if (held?.pulls) to(event);
  });
  root.addEventListener("pointerup", (event) => {
    if (held) to(event);
    held = null;
  });
  root.addEventListener("pointercancel", () => {
    if (held?.pulls) back(held.before);
    held = null;
  });
}

function spanOf({ study, origin, shifted }) {
  const end = study.values.length - 1;
  if (!shifted) return [Math.max(0, study.first - BEFORE), end];
  const low = Math.min(Math.max(origin - BEFORE, study.first), end - 2 * BEFORE);
  return [Math.max(low, study.first), Math.min(low + 2 * BEFORE, end)];
}

function frameOf({ study }, [low, high], toX, width, shown) {
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const room = 0.08 * (most - least) || 1;
  const domain = [least - room, most + room];
  const [top, bottom] = [EDGE.top, HEIGHT - EDGE.bottom];
  const inner = scaleTo(domain, [bottom, top]);
  const toY = (y) => Math.min(Math.max(inner(y), top), bottom);
  const parts = [];
  for (const { value, words } of ticks(domain, 4)) {
    const y = toY(value);
    const line = { x1: EDGE.left, x2: width - EDGE.right, y1: y, y2: y, class: "rnnbook-grid" };
    parts.push(svgElement("line", line));
    parts.push(text(EDGE.left - 6, y + 4, words, "end"));
  }
  const { start, step = "step", unit = "" } = study;
  for (const { value, words } of ticks([low + start, high + start], width < 500 ? 3 : 7)) {
    if (Number.isInteger(value)) parts.push(text(toX(value - start), bottom + 15, words, "middle"));
  }
  parts.push(text(width - EDGE.right, HEIGHT - 4, step, "end"));
  parts.push(text(2, 12, unit, "start"));
  return { parts, toY, top, bottom };
}

function fanParts({ study, origin }, [low, high], toX, width) {
  const { values, season } = study;
  const { fan, naive, came } = lookFrom(study, origin);
  const seen = [...values.slice(low, high + 1), ...study.reach];
  const { parts, toY, top, bottom } = frameOf({ study }, [low, high], toX, width, seen);
  const line = (numbers, from, name) =>
    svgElement("path", {
      d: `M${numbers.map((y, k) => `${toX(from + k).toFixed(1)} ${toY(y).toFixed(1)}`).join("L")}`,
      class: `rnnbook-forecast-${name}`,
    });
  const last = values[origin - 1];
  const at = toX(origin - 1);
  const edge = (q) => fan.map((three, k) => `${toX(origin + k).toFixed(1)} ${toY(three[q]).toFixed(1)}`);
  const around = [`${at.toFixed(1)} ${toY(last).toFixed(1)}`, ...edge(2), ...edge(0).reverse()];
  const begin = season > 1 ? [naive, origin] : [[last, ...naive], origin - 1];
  return [
    ...parts,
    line([...values.slice(origin - 1, high + 1)], origin - 1, "later"),
    svgElement("path", { d: `M${around.join("L")}Z`, class: "rnnbook-forecast-fan" }),
    line(values.slice(low, origin), low, "known"),
    line([last, ...came], origin - 1, "came"),
    line(...begin, "naive"),
    line([last, ...fan.map(([, y]) => y)], origin - 1, "own"),
    svgElement("line", { x1: at, x2: at, y1: top, y2: bottom, class: "rnnbook-marker" }),
    svgElement("circle", { cx: at, cy: top, r: 6, class: "rnnbook-forecast-grip" }),
    text(at - 10, top - 8, "known", "end"),
    text(at + 10, top - 8, `next ${HORIZON}`, "start"),
  ];
}

function shiftedParts({ study }, [low, high], toX, width) {
  const { values, fans, first } = study;
  const next = (t) => fans[t - first][0][1];
  const range = Array.from({ length: high - low + 1 }, (_, k) => low + k);
  const shown = range.flatMap((t) => [values[t], next(t)]);
  const { parts, toY } = frameOf({ study }, [low, high], toX, width, shown);
  const line = (points, name) =>
    svgElement("path", {
      d: `M${points.map(([t, y]) => `${toX(t).toFixed(1)} ${toY(y).toFixed(1)}`).join("L")}`,
      class: `rnnbook-forecast-${name}`,
    });
  return [
    ...parts,
    line(range.map((t) => [t, values[t]]), "known"),
    line(range.map((t) => [t, next(t)]), "own"),
    line(range.slice(1).map((t) => [t - 1, next(t)]), "moved"),
  ];
}

function text(x, y, words, anchor) {
  return svgElement("text", { x, y, "text-anchor": anchor }, words);
}
