/** Words of 32 bits in a key. */
export const KEY_WORDS = 4

/** Places at first. There are always more than keys. */
const PLACES = 1_024

/** The table grows when more than this part of its places is taken. */
const FULL = 0.6

/**
 * Counts keys of 16 bytes, which must be hashes: their bits are taken as they are. Flat memory: 20 bytes a place, 33 to
 * 67 bytes a key.
 */
export class KeyTable {
  #words = new Uint32Array(PLACES * KEY_WORDS)
  /** One more than the count; 0: the place is free. */
  #counts = new Uint32Array(PLACES)
  #mask = PLACES - 1
  #taken = 0
  #size = 0

  /** The sum of all counts. */
  get size(): number {
    return this.#size
  }

  /** Adds to the count of the key that stands in `words` from `at` on. */
  add(words: Uint32Array, at: number, count = 1): void {
    const place = this.#placeOf(words, at)
    this.#size += count
    if (this.#counts[place] !== 0) {
      this.#counts[place]! += count
      return
    }
    this.#counts[place] = count + 1
    this.#words.set(words.subarray(at, at + KEY_WORDS), place * KEY_WORDS)
    if (++this.#taken > (this.#mask + 1) * FULL) this.#grow()
  }

  /** Takes one from the count of a key. Returns false if it is 0. */
  take(words: Uint32Array, at: number): boolean {
    const place = this.#placeOf(words, at)
    if ((this.#counts[place] as number) <= 1) return false
    this.#counts[place]!--
    this.#size--
    return true
  }

  #placeOf(words: Uint32Array, at: number): number {
    const own = this.#words
    const first = words[at] as number
    for (let place = first & this.#mask; ; place = (place + 1) & this.#mask) {
      if (this.#counts[place] === 0) return place
      const from = place * KEY_WORDS
      if (
        own[from] === first &&
        own[from + 1] === words[at + 1] &&
        own[from + 2] === words[at + 2] &&
        own[from + 3] === words[at + 3]
      )
        return place
    }
  }

  #grow(): void {
    const words = this.#words
    const counts = this.#counts
    this.#mask = counts.length * 2 - 1
    this.#words = new Uint32Array(words.length * 2)
    this.#counts = new Uint32Array(counts.length * 2)
    for (let place = 0; place < counts.length; place++) {
      if (counts[place] === 0) continue
      const to = this.#placeOf(words, place * KEY_WORDS)
      this.#words.set(words.subarray(place * KEY_WORDS, (place + 1) * KEY_WORDS), to * KEY_WORDS)
      this.#counts[to] = counts[place] as number
    }
  }
}

/** Copies keys that stand one after the other into words. */
export function keyWords(keys: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(keys).buffer)
}
