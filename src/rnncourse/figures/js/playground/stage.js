// All pictures of the playground, and how they are brought up to date without long frames.

import { element } from "../base/dom.js";
import { profileChart, reachMaps, trainingCharts } from "./charts.js";
import { samplePictures } from "./sample.js";
import { standingTable } from "./table.js";

const DRAW_SLICE = 8; // ms of each frame

/**
 * The pictures, in `stage`, and the table of numbers.
 *
 * @param {HTMLElement} stage
 */
export function playgroundStage(stage) {
  const maps = reachMaps();
  const training = trainingCharts();
  const profile = profileChart();
  const sample = samplePictures();
  const table = standingTable();
  const pictures = [maps, profile, training, sample];
  const left = element("div", {}, training.root);
  const right = element("div", {}, sample.root);
  stage.append(left, right);
  let queue = [];
  let request = 0;
  let turn = 0;

  function parts(session) {
    return [
      ...session.runs.map((run) => () => run.judge()),
      ...pictures.flatMap((picture) => picture.parts(session.view)),
      () => table.update(session.runs),
    ];
  }

  function drain() {
    const end = performance.now() + DRAW_SLICE;
    do queue.shift()?.();
    while (queue.length && performance.now() < end);
    request = queue.length ? requestAnimationFrame(drain) : 0;
  }

  return {
    table: table.root,
    /** One map shares its axis with the loss below it; three need the whole width. */
    arrange({ compare }) {
      (compare ? stage : left).prepend(maps.root);
      (compare ? left : right).prepend(profile.root);
    },
    /** Draw everything, over as many frames as it takes or `atOnce`, and then call `then`. */
    drawAll(session, then, atOnce = false) {
      queue = [...parts(session), then];
      if (atOnce) while (queue.length) queue.shift()();
      else request ||= requestAnimationFrame(drain);
    },
    /** Draw one part, a different one at each call. */
    drawNext(session) {
      const all = parts(session);
      turn = (turn + 1) % all.length;
      all[turn]();
    },
    /** The maps have more numbers than a table; the profile has their first and last column. */
    values: () => [profile, training, sample].flatMap((picture) => picture.values()),
    destroy() {
      cancelAnimationFrame(request);
      pictures.forEach((picture) => picture.destroy());
    },
  };
}
