/** Tasks in one part of a set: the parts are small, so that a few tasks far from each other take little memory. */
const PART = 1_024

/** A set of tasks by number, a bit each. */
export class TaskSet {
  readonly #parts = new Map<number, Uint32Array>()

  /** Adds a task. Returns false if it was there. */
  add(task: number): boolean {
    const number = Math.floor(task / PART)
    let part = this.#parts.get(number)
    if (part === undefined) this.#parts.set(number, (part = new Uint32Array(PART / 32)))
    const within = task - number * PART
    const word = within >>> 5
    const bit = 1 << (within & 31)
    if (((part[word] as number) & bit) !== 0) return false
    part[word] = (part[word] as number) | bit
    return true
  }
}
