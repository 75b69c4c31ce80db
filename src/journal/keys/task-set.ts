import { NumberTable } from './number-table.ts'

/** Tasks in one part of a set. */
const PART = 32

/** A set of tasks by number, a bit each: 1 byte a task if they are neighbours, 20 to 40 bytes if each stands alone. */
export class TaskSet {
  /** The bits of each part. */
  readonly #parts = new NumberTable()

  /** Adds a task. Returns false if it was there. */
  add(task: number): boolean {
    const part = Math.floor(task / PART)
    const bits = this.#parts.get(part) ?? 0
    const bit = (1 << (task - part * PART)) >>> 0
    if ((bits & bit) !== 0) return false
    this.#parts.set(part, (bits | bit) >>> 0)
    return true
  }

  has(task: number): boolean {
    const part = Math.floor(task / PART)
    return (((this.#parts.get(part) ?? 0) >>> (task - part * PART)) & 1) === 1
  }
}
