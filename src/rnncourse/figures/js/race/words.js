// What the race says: who is ahead, by which measure, and what that is worth.

import { formatNumber } from "../base/dom.js";
import { updatesOf } from "./run.js";
import { standing } from "./standing.js";

const RACER_NAMES = { simple: "simple RNN", lstm: "LSTM", gru: "GRU" };

/** What a cell is called: one of the three, or as a guest is named. */
export function racerName({ cell, name }) {
  return RACER_NAMES[cell] ?? name;
}

/** The palette's name of a cell's colour. */
export function racerColor({ cell }) {
  return cell in RACER_NAMES ? cell : "accent";
}

function theCell(place) {
  return place.cell in RACER_NAMES ? `the ${racerName(place)}` : `“${place.name}”`;
}

/** When half of a cell's runs had solved it: updates, or seconds. */
export function halfOf({ half, seconds }, axis) {
  return axis === "seconds" ? formatNumber(seconds, 2) : String(half);
}

/** What is raced, and how far it is. */
export function titleInWords(race) {
  const { title, seeds, racers, updates } = race;
  if (!seeds.length) return `${title}: not raced yet at these learning rates`;
  const runs = `seeds ${seeds[0]} to ${seeds.at(-1)}`;
  if (!racers) return `${title}: recorded, ${runs}`;
  return `${title}: raced here, ${runs}, update ${updatesOf(race)} of ${updates}`;
}

/** Who has solved it in how many runs, and who is ahead. */
export function raceInWords(race, axis) {
  const done = updatesOf(race);
  if (!done) return "All stand at the start.";
  const places = standing(race, axis);
  const [first, ...rest] = places;
  const solved = `After ${done} updates ${solvedInWords(places)}.`;
  if (first.half === Infinity) {
    const loss = `its median loss is ${formatNumber(first.share, 2)} of the baseline`;
    return `${solved} ${capital(theCell(first))} is ahead: ${loss}.`;
  }
  const otherwise = done < race.updates ? "not yet" : "never";
  const others = rest.map((place) => `${theCell(place)} ${after(place, axis, otherwise)}`);
  const clock = race.racers ? "By this browser's clock" : "By the clock";
  const by = axis === "seconds" ? clock : "By updates";
  const leader = `${by} ${theCell(first)} leads: half of its runs were there ${after(first, axis)}`;
  return `${solved} ${leader}; ${others.join(", ")}.`;
}

function capital(words) {
  return words[0].toUpperCase() + words.slice(1);
}

function solvedInWords(places) {
  if (places.every(({ solved }) => !solved)) return "no run has solved it";
  const runs = ({ solved }) => `in ${solved || "none"}`;
  const [first, ...rest] = places;
  const others = rest.map((place) => `${theCell(place)} ${runs(place)}`);
  return `${theCell(first)} has solved it ${runs(first)} of ${first.of} runs, ${others.join(", ")}`;
}

function after(place, axis, otherwise) {
  const unit = axis === "seconds" ? "s" : "updates";
  return place.half === Infinity ? otherwise : `after ${halfOf(place, axis)} ${unit}`;
}

/** Whether the recorded race had the same winner. */
export function comparedInWords(race, recorded, axis) {
  const [now, then] = [race, recorded].map((each) => standing(each, axis)[0]);
  if (then.half === Infinity || now.half === Infinity) return "";
  return now.cell === then.cell
    ? "So it was in the recorded race, with other seeds."
    : `In the recorded race, with other seeds, ${theCell(then)} was first.`;
}
