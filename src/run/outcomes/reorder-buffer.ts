import type { TaskError } from '../../errors/task-errors.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { Addressed, Ending, Sink } from '../../pool/jobs/ports.ts'
import { TextRun } from '../../pool/jobs/text-run.ts'
import type { Window } from '../source/window.ts'

/** A failed input among the outcomes. */
export class Failure {
  readonly item: Item
  readonly error: TaskError
  /** The value that a consumer of values gets in its place, if there is one. */
  replacement: { readonly value: unknown } | undefined

  constructor(item: Item, error: TaskError) {
    this.item = item
    this.error = error
  }
}

/** First size of the ring; a power of two, as all its sizes. */
const SMALL = 64

/** Marks a slot of the ring whose outcome has not come. */
const EMPTY = Symbol('no outcome yet')

export interface ReorderEvents {
  /** Called when outcomes can be taken, or the run is over. */
  ready(): void
  /** Called when a task failed. Returns false if the outcome is to be dropped. */
  failed(failure: Failure): boolean
  /** Called when no more outcomes will come. */
  ended(ending: Ending | undefined): void
}

/**
 * Outcomes on their way to the consumer: put back in the order of the inputs, or as they come.
 *
 * The cost of an outcome is two array stores. Out of order they wait in a ring that is as large as the window.
 */
export class ReorderBuffer implements Sink {
  readonly #ordered: boolean
  readonly #window: Window
  readonly #events: ReorderEvents
  /** Outcomes by sequence, if the run is ordered. */
  #ring: unknown[] = new Array<unknown>(SMALL).fill(EMPTY)
  #ringIndexes: number[] = new Array<number>(SMALL).fill(0)
  #ringBytes: number[] = new Array<number>(SMALL).fill(0)
  /** The sequence whose outcome is handed out next. */
  #head = 0
  /** Outcomes that can be handed out, from `#next` on. */
  #values: unknown[] = []
  #indexes: number[] = []
  #bytes: number[] = []
  #next = 0
  /** Some outcomes are runs: each stands for several inputs, at the sequence of the first. */
  #hasRuns = false
  /** Inputs of runs that can be handed out, beyond one for each run. */
  #more = 0
  takenIndex = -1
  /** When outcomes last came, by `performance.now()`. */
  completedAt = 0

  constructor(ordered: boolean, window: Window, events: ReorderEvents) {
    this.#ordered = ordered
    this.#window = window
    this.#events = events
  }

  get waiting(): number {
    return this.#values.length - this.#next + this.#more
  }

  fulfil(chunk: Addressed, offset: number, value: unknown, bytes: number): void {
    this.#window.resize(chunk.bytes(offset), bytes)
    this.#put(chunk.sequence(offset), chunk.index(offset), value, bytes)
  }

  fulfilAll(chunk: Addressed, offset: number, values: ArrayLike<unknown>, bytes: number): void {
    const { length } = values
    let before = 0
    for (let i = 0; i < length; i++) {
      before += chunk.bytes(offset + i)
      this.#put(chunk.sequence(offset + i), chunk.index(offset + i), values[i], bytes)
    }
    this.#window.resize(before, bytes * length)
  }

  fulfilRun(chunk: Addressed, offset: number, run: TextRun): void {
    this.#hasRuns = true
    let bytes = 0
    for (let i = 0; i < run.count; i++) bytes += chunk.bytes(offset + i)
    this.#window.resize(bytes, run.text.length)
    this.#put(chunk.sequence(offset), run.index, run, run.text.length)
  }

  reject(item: Item, error: unknown): void {
    const failure = new Failure(item, error as TaskError)
    if (this.#events.failed(failure)) this.#put(item.sequence, item.index, failure, item.bytes)
  }

  flush(): void {
    this.completedAt = performance.now()
    if (this.#ordered) this.#advance()
    this.#events.ready()
  }

  end(ending: Ending | undefined): void {
    if (this.#ordered) this.#advance()
    this.#events.ended(ending)
  }

  /** Takes the next outcome; call it only if one waits. Sets `takenIndex` to the index of its input. */
  take(): unknown {
    const at = this.#next++
    const value = this.#values[at]
    this.takenIndex = this.#indexes[at] as number
    // The array may live on for a while: do not keep the value alive.
    this.#values[at] = undefined
    const bytes = this.#bytes[at] as number
    if (this.#next === this.#values.length) this.#clear()
    else if (this.#next >= 4_096) this.#compact()
    this.#window.leave(1, bytes)
    return value
  }

  /** Takes all outcomes that wait. */
  takeAll(): { values: unknown[]; indexes: number[] } {
    const values = this.#next === 0 ? this.#values : this.#values.slice(this.#next)
    const indexes = this.#next === 0 ? this.#indexes : this.#indexes.slice(this.#next)
    let bytes = 0
    for (let i = this.#next; i < this.#bytes.length; i++) bytes += this.#bytes[i] as number
    const inputs = values.length + this.#more
    this.#clear()
    if (inputs > 0) this.#window.leave(inputs, bytes)
    return { values, indexes }
  }

  #put(sequence: number, index: number, value: unknown, bytes: number): void {
    // An outcome that comes in its turn needs no place in the ring.
    const isNext = sequence === this.#head && !this.#hasRuns
    if (isNext || !this.#ordered) {
      if (this.#ordered) this.#head++
      this.#values.push(value)
      this.#indexes.push(index)
      this.#bytes.push(bytes)
      if (value instanceof TextRun) this.#more += value.count - 1
      return
    }
    while (sequence - this.#head >= this.#ring.length) this.#grow()
    const at = sequence & (this.#ring.length - 1)
    this.#ring[at] = value
    this.#ringIndexes[at] = index
    this.#ringBytes[at] = bytes
  }

  /** Moves the outcomes whose turn it is out of the ring. */
  #advance(): void {
    const ring = this.#ring
    const ringIndexes = this.#ringIndexes
    const ringBytes = this.#ringBytes
    const values = this.#values
    const indexes = this.#indexes
    const bytes = this.#bytes
    const mask = ring.length - 1
    let head = this.#head
    for (let at = head & mask; ring[at] !== EMPTY; at = head & mask) {
      values.push(ring[at])
      indexes.push(ringIndexes[at] as number)
      bytes.push(ringBytes[at] as number)
      head += this.#hasRuns ? this.#inputsOf(ring[at]) : 1
      ring[at] = EMPTY
    }
    this.#head = head
  }

  /** The number of inputs of an outcome that can be handed out now. */
  #inputsOf(value: unknown): number {
    if (!(value instanceof TextRun)) return 1
    this.#more += value.count - 1
    return value.count
  }

  #grow(): void {
    const size = this.#ring.length * 2
    const ring = new Array<unknown>(size).fill(EMPTY)
    const indexes = new Array<number>(size).fill(0)
    const bytes = new Array<number>(size).fill(0)
    for (let sequence = this.#head; sequence < this.#head + this.#ring.length; sequence++) {
      const from = sequence & (this.#ring.length - 1)
      ring[sequence & (size - 1)] = this.#ring[from]
      indexes[sequence & (size - 1)] = this.#ringIndexes[from] as number
      bytes[sequence & (size - 1)] = this.#ringBytes[from] as number
    }
    this.#ring = ring
    this.#ringIndexes = indexes
    this.#ringBytes = bytes
  }

  #clear(): void {
    this.#values = []
    this.#indexes = []
    this.#bytes = []
    this.#next = 0
    this.#more = 0
  }

  #compact(): void {
    this.#values = this.#values.slice(this.#next)
    this.#indexes = this.#indexes.slice(this.#next)
    this.#bytes = this.#bytes.slice(this.#next)
    this.#next = 0
  }
}
