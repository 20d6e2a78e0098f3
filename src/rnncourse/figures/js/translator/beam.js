// Searching for whole targets that are likely: the twin of `beam_search` in `rnnbook`.

import { softmax } from "../engine/readout.js";

/**
 * At each step the `width` likeliest beginnings go on; one that has drawn `end`, or has `steps`
 * tokens, is set aside.
 *
 * @param {(tokens: number[], h: Float32Array) => object} step `logits` (N, K) and the next `h`.
 * @param {Float32Array} h The state before `start`, (H).
 * @param {object} options `start`, `end`, `width` and `steps`.
 * @returns {Array<{tokens: number[], logP: number}>} The likeliest first; at most `width`.
 */
export function beamSearch(step, h, { start, end, width, steps }) {
  const H = h.length;
  let aside = [];
  let open = [{ tokens: [start], logP: 0 }];
  for (let made = 1; made <= steps && open.length; made++) {
    const { logits, h: after } = step(open.map(({ tokens }) => tokens.at(-1)), h);
    const found = open.flatMap(({ tokens, logP }, parent) =>
      softmax(logits[parent]).map((p, k) => {
        return { parent, tokens: [...tokens, k], logP: logP + Math.log(p) };
      }),
    );
    found.sort((a, b) => b.logP - a.logP);
    const best = found.slice(0, width);
    const isOver = ({ tokens }) => tokens.at(-1) === end || made === steps;
    aside = [...aside, ...best.filter(isOver)].sort((a, b) => b.logP - a.logP).slice(0, width);
    // An open one becomes no likelier than it is.
    const worst = aside.length === width ? aside.at(-1).logP : -Infinity;
    open = best.filter((one) => !isOver(one));
    if (!open.some(({ logP }) => logP > worst)) break;
    h = new Float32Array(open.length * H);
    open.forEach(({ parent }, n) => h.set(after.subarray(parent * H, (parent + 1) * H), n * H));
  }
  return aside.map(({ tokens, logP }) => ({ tokens: tokens.slice(1), logP }));
}
