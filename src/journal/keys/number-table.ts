import { randomInt } from 'node:crypto'

/** Places at first. There are always more than numbers. */
const PLACES = 16

/** The table grows when more than this part of its places is taken. */
const FULL = 0.6

/** Nobody can make up numbers that all want the same place. */
const LOW = randomInt(2 ** 32) | 1
const HIGH = randomInt(2 ** 32) | 1

/** Numbers of 32 bits by whole numbers from 0 on, in flat memory: 12 bytes a place, 20 to 40 bytes an entry. */
export class NumberTable {
  /** One more than the number; 0: the place is free. */
  #keys = new Float64Array(PLACES)
  #values = new Uint32Array(PLACES)
  #shift = 32 - Math.log2(PLACES)
  #size = 0

  get size(): number {
    return this.#size
  }

  get(key: number): number | undefined {
    const place = this.#placeOf(key)
    return this.#keys[place] === 0 ? undefined : this.#values[place]
  }

  set(key: number, value: number): void {
    const place = this.#placeOf(key)
    this.#values[place] = value
    if (this.#keys[place] !== 0) return
    this.#keys[place] = key + 1
    if (++this.#size > this.#keys.length * FULL) this.#grow()
  }

  /** In no particular order. */
  *entries(): Generator<readonly [key: number, value: number], void> {
    for (const [place, stored] of this.#keys.entries())
      if (stored !== 0) yield [stored - 1, this.#values[place] as number]
  }

  #placeOf(key: number): number {
    const mask = this.#keys.length - 1
    let place = (Math.imul(key, LOW) + Math.imul(key / 2 ** 32, HIGH)) >>> this.#shift
    while (this.#keys[place] !== 0 && this.#keys[place] !== key + 1) place = (place + 1) & mask
    return place
  }

  #grow(): void {
    const keys = this.#keys
    const values = this.#values
    this.#keys = new Float64Array(keys.length * 2)
    this.#values = new Uint32Array(keys.length * 2)
    this.#shift--
    for (const [place, stored] of keys.entries()) {
      if (stored === 0) continue
      const to = this.#placeOf(stored - 1)
      this.#keys[to] = stored
      this.#values[to] = values[place] as number
    }
  }
}
