import { VIEW_STATES, type ViewState } from '../view.ts'

/** Tasks with bytes of their own; of those above only states other than success are kept. */
const DENSE = 2 ** 24
/** Such states, at most: what is beyond counts as its last attempt says. */
const SPARSE = 1_000_000
/** A kind of failure that has no number. */
export const NO_KIND = 0

/** The state of the last attempt of each task and the kind of its failure, in two bytes a task. */
export class TaskStates {
  #states = new Uint8Array(1_024)
  #kinds = new Uint8Array(1_024)
  readonly #above = new Map<number, number>()
  readonly #counts = new Array<number>(VIEW_STATES.length).fill(0)

  /** Sets the state of a task. Returns the kind of failure that it had before. */
  set(task: number, state: ViewState, kind: number): number {
    const number = VIEW_STATES.indexOf(state)
    this.#counts[number]!++
    if (task >= DENSE) return this.#setAbove(task, number, kind)
    this.#reserve(task)
    const before = this.#states[task] as number
    const kindBefore = this.#kinds[task] as number
    if (before > 0) this.#counts[before - 1]!--
    this.#states[task] = number + 1
    this.#kinds[task] = kind
    return kindBefore
  }

  /** The kind of failure of a task's last attempt. */
  kindOf(task: number): number {
    return task < DENSE ? (this.#kinds[task] ?? NO_KIND) : (this.#above.get(task) ?? 0) >> 4
  }

  counts(): Record<ViewState, number> {
    return Object.fromEntries(VIEW_STATES.map((state, i) => [state, this.#counts[i]])) as Record<ViewState, number>
  }

  #setAbove(task: number, number: number, kind: number): number {
    const before = this.#above.get(task)
    if (before !== undefined) this.#counts[before & 15]!--
    if (number === 0) this.#above.delete(task)
    else if (this.#above.size < SPARSE) this.#above.set(task, number | (kind << 4))
    return (before ?? 0) >> 4
  }

  #reserve(task: number): void {
    if (task < this.#states.length) return
    const length = 2 ** Math.ceil(Math.log2(task + 1))
    this.#states = grown(this.#states, length)
    this.#kinds = grown(this.#kinds, length)
  }
}

function grown(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length)
  larger.set(bytes)
  return larger
}
