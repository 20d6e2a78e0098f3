// Sound out of the page, and into it. What is recorded stays here.

import { button } from "../base/controls.js";
import { element } from "../base/dom.js";
import { SAMPLE_RATE } from "./sound.js";

const VOLUME = 3; // recordings are soft, so that noise has room above them
export const LONGEST = 4; // s of a recording of one's own
const FEWEST = 880; // samples, of two steps
const HERE = "The recording stays in this page: nothing is sent anywhere.";
const NONE =
  "Here the page is given no microphone (browsers give one over https, or to a file), so you cannot " +
  "record yourself; all else works.";

/** Plays samples: `start(samples, onEnd)`, `stop()`, and `now()`, the sample that is heard, or null. */
export function createPlayer() {
  let audio = null;
  let source = null;
  let begun = 0;

  function stop() {
    if (!audio) return;
    source.onended = null; // what ends is no longer what is heard
    audio.close();
    audio = null;
  }
  return {
    stop,
    now: () => (audio ? Math.max(0, (audio.currentTime - begun) * SAMPLE_RATE) : null),
    start(samples, onEnd) {
      stop();
      audio = new AudioContext();
      const buffer = audio.createBuffer(1, samples.length, SAMPLE_RATE);
      buffer.copyToChannel(Float32Array.from(samples), 0);
      const volume = audio.createGain();
      source = audio.createBufferSource();
      source.buffer = buffer;
      volume.gain.value = VOLUME;
      source.connect(volume).connect(audio.destination);
      source.onended = onEnd;
      begun = audio.currentTime;
      source.start();
    },
  };
}

/**
 * A button that records the reader's own voice, and a line that says what becomes of it.
 *
 * @param {object} options
 * @param {string} options.trainedOn Whose voices the network knows, if anything is to be said of it.
 * @param {() => void} options.onBegin
 * @param {(samples: Float64Array) => string} options.onHeard Gets what was said, 8,000 samples a
 *   second; returns what is wrong with it, or nothing.
 * @param {(words: string) => void} options.say
 */
export function ownVoice({ trainedOn, onBegin, onHeard, say }) {
  const control = button({ label: "Record yourself", onClick: () => (recorder ? end() : begin()) });
  const knows = trainedOn ? ` The network was trained on ${trainedOn} alone.` : "";
  const ask = `Say up to five digits in English, in ${LONGEST} seconds at most. ${HERE}${knows}`;
  const note = element("p", {}, ask);
  const root = element("div", { class: "rnnbook-recogniser-own" }, control.root, note);
  let recorder = null;
  let timer = 0;
  let gone = false;

  if (!navigator.mediaDevices?.getUserMedia || !globalThis.MediaRecorder) {
    control.disabled = true;
    note.textContent = NONE;
  }

  function tell(words) {
    note.textContent = words;
    say(words);
  }

  async function begin() {
    control.disabled = true;
    onBegin();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      if (gone) return void release(stream);
      recorder = new MediaRecorder(stream);
      const parts = [];
      recorder.ondataavailable = ({ data }) => parts.push(data);
      recorder.onstop = () => {
        clearTimeout(timer);
        release(stream);
        recorder = null;
        control.label = "Record yourself";
        if (!gone) take(new Blob(parts));
      };
      recorder.start();
      timer = setTimeout(end, 1000 * LONGEST);
      control.label = "Stop recording";
      tell(`It listens, for ${LONGEST} seconds at most: say some digits, with short pauses. ${HERE}`);
    } catch (error) {
      tell(refusal(error));
    }
    control.disabled = false;
  }

  function end() {
    if (recorder?.state === "recording") recorder.stop();
  }

  async function take(blob) {
    let wrong;
    try {
      wrong = onHeard(await atRate(blob));
    } catch (error) {
      wrong = `The recording cannot be read here (${error.message}).`;
    }
    if (wrong) tell(wrong);
    else note.textContent = `It is in the list of recordings until you leave. ${HERE}`;
  }

  return {
    root,
    destroy() {
      gone = true;
      end();
    },
  };
}

function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/** What was recorded at `SAMPLE_RATE`, its channels as one: decoding resamples. */
async function atRate(blob) {
  const offline = new OfflineAudioContext(1, 1, SAMPLE_RATE);
  const buffer = await offline.decodeAudioData(await blob.arrayBuffer());
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, c) => buffer.getChannelData(c));
  const samples = Float64Array.from(channels[0], (_, n) => {
    return channels.reduce((sum, channel) => sum + channel[n], 0) / channels.length;
  });
  return samples.subarray(0, LONGEST * SAMPLE_RATE);
}

/** Why there is no recording, in words. */
function refusal({ name }) {
  if (name === "NotAllowedError" || name === "SecurityError") {
    return (
      "The microphone was refused, so nothing is recorded; all else works. If you want to try, " +
      "allow it in the browser’s settings of this page."
    );
  }
  const why = name === "NotFoundError" ? "No microphone was found" : "The microphone cannot be used here";
  return `${why}, so nothing is recorded; all else works.`;
}

/** Whether samples are long enough to be read. */
export function isLongEnough(samples) {
  return samples.length >= FEWEST;
}
