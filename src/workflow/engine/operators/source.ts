import type { TaskError } from '../../../errors/task-errors.ts'
import { describeValue } from '../../../options/describe-value.ts'
import { checkStep } from '../../../run/source/read-step.ts'
import type { Window } from '../../../run/source/window.ts'
import type { NodeCounts } from '../../graph/item-counts.ts'
import { Root, Position } from '../position.ts'
import { Stream } from '../stream.ts'

/** The longest time to read a slow generator without a pause, in milliseconds. */
const READ_MS = 2
const LOOK_EVERY = 16
/** Bytes to count for a value of unknown size. */
const PLAIN_BYTES = 8

export interface SourceEvents {
  /** Items came, or the end, some time after they were asked for. */
  arrived(): void
  /** Reading threw. */
  failed(thrown: unknown): void
}

/** Copies an item, so that its producer can reuse it; or returns the error for which it cannot be copied. */
export type CopyItem = (value: unknown, index: number) => { value: unknown; bytes: number } | TaskError

/** Reads items into a stream, as far as its window has room. */
export class Source {
  readonly output: Stream = new Stream()
  readonly window: Window
  /** It reads an array. */
  readonly isList: boolean
  read = 0
  isEnded = false
  readonly #open: () => Iterable<unknown> | AsyncIterable<unknown>
  readonly #events: SourceEvents
  readonly #counts: NodeCounts
  readonly #copy: CopyItem | undefined
  #iterator: Iterator<unknown> | AsyncIterator<unknown> | undefined
  #isAsync = false
  /** A read that has not come back. */
  #busy = false

  constructor(
    open: () => Iterable<unknown> | AsyncIterable<unknown>,
    window: Window,
    parts: { isList: boolean; events: SourceEvents; counts: NodeCounts; copy: CopyItem | undefined },
  ) {
    this.#open = open
    this.window = window
    this.isList = parts.isList
    this.#events = parts.events
    this.#counts = parts.counts
    this.#copy = parts.copy
  }

  /** A read is under way: something will come without being asked for again. */
  get isBusy(): boolean {
    return this.#busy
  }

  /** Reads at most `max` items now, or has them come. */
  pull(max: number): void {
    if (this.isEnded || this.#busy) return
    try {
      this.#iterator ??= this.#begin()
      if (!this.#isAsync) this.#readNow(max)
      // To look for nothing, and say so, would have it looked for again.
      else if (this.window.hasRoom()) void this.#readAhead()
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  /** Stops reading. */
  stop(): void {
    if (this.isEnded) return
    this.isEnded = true
    this.#busy = false
    try {
      const closing = this.#iterator?.return?.() as Promise<unknown> | undefined
      // Closing is not awaited, and its errors are ignored.
      if (this.#isAsync) closing?.then(undefined, () => {})
    } catch {
      // As above.
    }
  }

  #begin(): Iterator<unknown> | AsyncIterator<unknown> {
    const items = this.#open()
    const { [Symbol.asyncIterator]: async, [Symbol.iterator]: sync } = Object(items) as Partial<
      Iterable<unknown> & AsyncIterable<unknown>
    >
    this.#isAsync = typeof async === 'function'
    if (this.#isAsync) return (items as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    if (typeof sync === 'function') return (items as Iterable<unknown>)[Symbol.iterator]()
    throw new TypeError(
      `a source: expected its function to return an iterable or an async iterable, got ${describeValue(items)}`,
    )
  }

  #readNow(max: number): void {
    const startedAt = performance.now()
    for (let count = 1; count <= max && !this.isEnded && this.window.hasRoom(); count++) {
      const step = checkStep((this.#iterator as Iterator<unknown>).next(), 'a source')
      if (step.done === true) return this.#end()
      this.#add(step.value)
      if (count % LOOK_EVERY === 0 && performance.now() - startedAt > READ_MS) return
    }
  }

  async #readAhead(): Promise<void> {
    this.#busy = true
    let since = performance.now()
    try {
      for (let count = 1; !this.isEnded && this.window.hasRoom(); count++) {
        const step = checkStep(await (this.#iterator as AsyncIterator<unknown>).next(), 'a source')
        // Stopped meanwhile.
        if (this.isEnded) return
        if (step.done === true) return this.#end()
        this.#add(step.value)
        this.#events.arrived()
        if (count % LOOK_EVERY > 0 || performance.now() - since < READ_MS) continue
        // Items that are there at once leave no time for anything else.
        await new Promise(setImmediate)
        since = performance.now()
      }
    } catch (thrown) {
      this.#fail(thrown)
    } finally {
      this.#busy = false
      this.#events.arrived()
    }
  }

  #add(value: unknown): void {
    const index = this.read++
    this.#counts.done++
    const copy = this.#copy?.(value, index) ?? { value, bytes: PLAIN_BYTES }
    if ('value' in copy) {
      const root = new Root(this.output.ends, this.window, copy.bytes)
      this.output.add(new Position(index, 'done', root).settle(copy.value, copy.bytes))
    } else this.output.add(new Position(index, 'failed', new Root(this.output.ends, this.window)).fail(copy))
  }

  #end(): void {
    this.isEnded = true
    this.output.close()
  }

  #fail(thrown: unknown): void {
    if (this.isEnded) return
    this.isEnded = true
    this.#events.failed(thrown)
  }
}
