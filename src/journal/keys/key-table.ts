import { randomInt } from 'node:crypto'

/** Words of 32 bits in a key. */
export const KEY_WORDS = 4

/** Places at first. There are always more than keys. */
const PLACES = 1_024

/** A table of fewer places grows by more at once. */
const QUICKLY = 2 ** 17

/** The table grows when more than this part of its places is taken. */
const FULL = 0.6

/** Nobody can make up keys that all want the same place. */
const MULTIPLIERS = [randomOdd(), randomOdd(), randomOdd(), randomOdd()] as const

/** Numbers by keys of 16 bytes; 0 for a key that has none. Flat memory: 20 bytes a place, 33 to 67 bytes a key. */
export class KeyTable {
  #words = new Uint32Array(PLACES * KEY_WORDS)
  /** One more than the number; 0: the place is free. */
  #numbers = new Uint32Array(PLACES)
  #shift = 32 - Math.log2(PLACES)
  #taken = 0

  /** Returns the number of the key that stands in `words` from `at` on. */
  get(words: Uint32Array, at: number): number {
    const stored = this.#numbers[this.#placeOf(words, at)] as number
    return stored === 0 ? 0 : stored - 1
  }

  /** Sets the number of a key, up to 2³² − 2. */
  set(words: Uint32Array, at: number, number: number): void {
    const place = this.#placeOf(words, at)
    const isNew = this.#numbers[place] === 0
    this.#numbers[place] = number + 1
    if (!isNew) return
    this.#copy(words, at, place)
    if (++this.#taken > this.#numbers.length * FULL) this.#grow()
  }

  /** The keys that have numbers, in no particular order. */
  *entries(): Generator<{ readonly words: Uint32Array; readonly number: number }, void> {
    for (const [place, stored] of this.#numbers.entries())
      if (stored > 1)
        yield { words: this.#words.subarray(place * KEY_WORDS, (place + 1) * KEY_WORDS), number: stored - 1 }
  }

  #placeOf(words: Uint32Array, at: number): number {
    const own = this.#words
    const mask = this.#numbers.length - 1
    const a = words[at] as number
    const b = words[at + 1] as number
    const c = words[at + 2] as number
    const d = words[at + 3] as number
    const [m, n, o, p] = MULTIPLIERS
    let place = (Math.imul(a, m) + Math.imul(b, n) + Math.imul(c, o) + Math.imul(d, p)) >>> this.#shift
    for (; this.#numbers[place] !== 0; place = (place + 1) & mask) {
      const from = place * KEY_WORDS
      if (own[from] === a && own[from + 1] === b && own[from + 2] === c && own[from + 3] === d) break
    }
    return place
  }

  #copy(words: Uint32Array, at: number, place: number): void {
    for (let i = 0; i < KEY_WORDS; i++) this.#words[place * KEY_WORDS + i] = words[at + i] as number
  }

  #grow(): void {
    const words = this.#words
    const numbers = this.#numbers
    const places = numbers.length * (numbers.length < QUICKLY ? 8 : 2)
    this.#shift = 32 - Math.log2(places)
    this.#words = new Uint32Array(places * KEY_WORDS)
    this.#numbers = new Uint32Array(places)
    for (let place = 0; place < numbers.length; place++) {
      if (numbers[place] === 0) continue
      const to = this.#placeOf(words, place * KEY_WORDS)
      this.#copy(words, place * KEY_WORDS, to)
      this.#numbers[to] = numbers[place] as number
    }
  }
}

/** Sees keys that stand one after the other as words; copies them if their bytes do not lie as words do. */
export function keyWords(keys: Uint8Array): Uint32Array {
  const { buffer, byteOffset, length } = keys.byteOffset % 4 === 0 ? keys : new Uint8Array(keys)
  return new Uint32Array(buffer, byteOffset, length / 4)
}

function randomOdd(): number {
  return randomInt(2 ** 32) | 1
}
