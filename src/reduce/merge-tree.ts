import type { Place } from './inputs/stretch.ts'
import type { Packed } from './worker/messages.ts'

/** Two neighbouring accumulators, and the place of what they become. */
export interface Merge {
  readonly place: Place
  readonly a: Packed
  readonly b: Packed
}

/**
 * The order in which accumulators are combined: neighbours two by two, then these, as a binary tree over the leaves from
 * the left. The last of an odd number goes up as it is. So the tree depends on nothing but the number of leaves.
 */
export class MergeTree {
  /** Accumulators that wait for their neighbour, by level and position. */
  readonly #waiting = new Map<string, { readonly place: Place; readonly packed: Packed }>()
  readonly #merge: (merge: Merge) => void
  #leaves = Infinity
  /** The accumulator of all inputs. */
  root: Packed | undefined

  /** `merge` is called for neighbours that both are there. */
  constructor(merge: (merge: Merge) => void) {
    this.#merge = merge
  }

  /** Called when the number of leaves is known. */
  close(leaves: number): void {
    if (this.#leaves !== Infinity) return
    this.#leaves = leaves
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { place, packed } of waiting) this.add(place, packed)
  }

  /** Adds the accumulator of a place. */
  add({ level, position }: Place, packed: Packed): void {
    // The last of an odd number goes up.
    while (position % 2 === 0 && (position + 1) * 2 ** level >= this.#leaves) {
      if (position === 0) {
        this.root = packed
        return
      }
      level++
      position /= 2
    }
    const key = `${level}:${position}`
    const neighbour = position % 2 === 0 ? position + 1 : position - 1
    const other = this.#waiting.get(`${level}:${neighbour}`)
    if (other === undefined) {
      this.#waiting.set(key, { place: { level, position }, packed })
      return
    }
    this.#waiting.delete(`${level}:${neighbour}`)
    const place = { level: level + 1, position: Math.floor(position / 2) }
    this.#merge(position % 2 === 0 ? { place, a: packed, b: other.packed } : { place, a: other.packed, b: packed })
  }
}
