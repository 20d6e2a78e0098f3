// Random numbers that a seed decides, the same in every browser.

/**
 * The generator xoshiro128**, started by splitmix32.
 *
 * Source: Blackman & Vigna (2021), Scrambled linear pseudorandom number generators.
 */
export class Random {
  /**
   * @param {number} seed A whole number from 0 to 2⁵³ − 1.
   * @param {number} [stream] Streams of one seed have nothing to do with each other.
   */
  constructor(seed, stream = 0) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`seed must be a whole number of at least 0, got ${seed}`);
    }
    let key = mixBits(mixBits(seed >>> 0) ^ Math.floor(seed / 2 ** 32));
    key = mixBits(key ^ Math.imul(stream, 0x85ebca6b));
    this.state = new Uint32Array(4);
    for (let place = 0; place < 4; place++) {
      key = (key + 0x9e3779b9) | 0;
      this.state[place] = mixBits(key);
    }
    this.state[0] ||= 1; // all zero would stay zero
    this.spare = null;
  }

  /** The next 32 bits, a whole number from 0 to 2³² − 1. */
  bits() {
    const s = this.state;
    const turned = Math.imul(s[1], 5);
    const result = Math.imul((turned << 7) | (turned >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** Uniform on [0, 1), a multiple of 2⁻³². */
  uniform() {
    return this.bits() / 2 ** 32;
  }

  /** Standard normal, by Box & Muller (1958). */
  normal() {
    if (this.spare !== null) {
      const kept = this.spare;
      this.spare = null;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** A whole number from 0 to n − 1, each as likely (to within n / 2³²). */
  integer(n) {
    return Math.floor(this.uniform() * n);
  }
}

/** One round of splitmix32: every bit of the result depends on every bit of the number. */
function mixBits(number) {
  let mixed = Math.imul(number ^ (number >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}
