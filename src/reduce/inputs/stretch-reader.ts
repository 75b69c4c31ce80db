import type { TaskError } from '../../errors/task-errors.ts'
import type { Ending } from '../../pool/jobs/ports.ts'
import { sizeOf } from '../../run/source/input-source.ts'
import { UnreadableInput } from '../../run/source/parsed-rows.ts'
import { checkStep, openInputs } from '../../run/source/read-step.ts'
import type { Window } from '../../run/source/window.ts'
import { Fifo } from '../../util/fifo.ts'
import type { Encoder } from '../../wire/codec/encoder.ts'
import type { Unsendable } from '../../wire/codec/unsendable.ts'
import { KeptAccumulator } from '../kept/kept-accumulator.ts'
import { PLAIN_BYTES, StretchBuilder } from './stretch-builder.ts'
import type { Place, Stretch } from './stretch.ts'

/** Longest time that a slow generator is read before its inputs are sent, in milliseconds. */
const READ_MS = 2
/** Number of inputs between two checks whether a generator is slow. */
const LOOK_EVERY = 256

export interface ReaderOptions {
  readonly inputs: Iterable<unknown> | AsyncIterable<unknown>
  /** The number of inputs, if it is known and the inputs do not tell it. */
  readonly size?: number | undefined
  readonly skip: ((input: unknown, index: number) => boolean) | undefined
  /** The inputs of an accumulator; undefined if any number may be. */
  readonly grain: number | undefined
  /** Copies inputs; undefined to pass them as they are. */
  readonly encoder: Encoder | undefined
  readonly window: Window
  /** Returns how many leaves the next stretch is to have, of how many inputs each. */
  readonly next: (leaf: number, remaining: number | undefined) => { readonly leaves: number; readonly inputs: number }
  /** The most bytes of a stretch without a grain. */
  readonly maxBytes: number
  /** Makes the error of an input that cannot be sent, or of a row that cannot be read. */
  readonly refuse: (input: unknown, index: number, why: Unsendable | UnreadableInput) => TaskError
  /** Called when something can be taken after there was nothing. */
  readonly wake: () => void
}

/** Reads inputs as the window has room, and divides them into stretches. */
export class StretchReader {
  /** An error from reading the inputs. */
  error: Ending | undefined
  /** Inputs read so far, skipped ones included. */
  read = 0
  /** Inputs that were left out so far. */
  skipped = 0
  /** Leaves of the stretches that were taken so far. */
  leaves = 0
  readonly #options: ReaderOptions
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>
  readonly #isAsync: boolean
  readonly #size: number | undefined
  readonly #ready = new Fifo<Stretch>()
  #builder: StretchBuilder | undefined
  /** Inputs that were read, and are not added yet. */
  #held = 0
  #done = false
  /** A read is pending, or will be continued. */
  #busy = false

  constructor(options: ReaderOptions) {
    this.#options = options
    const { inputs } = options
    const { isAsync, iterator } = openInputs(inputs)
    this.#isAsync = isAsync
    this.#iterator = iterator
    this.#size = options.size ?? sizeOf(inputs)
  }

  /** All inputs were read. */
  get isRead(): boolean {
    return this.#done && !this.#busy
  }

  /** All inputs were read, and their stretches taken. */
  get isExhausted(): boolean {
    return this.isRead && this.#ready.length === 0 && this.#builder === undefined
  }

  /** Number of inputs that are not left out, if that is known. */
  get size(): number | undefined {
    if (this.isRead) return this.read - this.skipped
    return this.#size === undefined ? undefined : this.#size - this.skipped
  }

  /** Takes a stretch that is ready; undefined if there is none now. Never waits. */
  take(): Stretch | undefined {
    if (this.#isAsync) void this.#readAhead()
    else if (this.#ready.length === 0) this.#readNow()
    const ready = this.#ready.shift()
    if (ready !== undefined) return ready
    // What has come is sent: a stretch waits for no input unless its size is fixed.
    if (this.#builder !== undefined && (this.#done || this.#options.grain === undefined)) this.#close()
    return this.#ready.shift()
  }

  /** Called when the inputs of a stretch are added for good. */
  settled(stretch: Stretch): void {
    this.#held -= stretch.count
    this.#options.window.leave(stretch.count, stretch.bytes)
  }

  stop(): void {
    this.#builder = undefined
    this.#ready.drain()
    if (this.#done) return
    this.#done = true
    this.#busy = false
    try {
      const closing = this.#iterator.return?.() as Promise<unknown> | undefined
      // Nothing waits for the iterator to close, so its errors are ignored.
      if (this.#isAsync) closing?.then(undefined, () => {})
    } catch {
      // Ignored, as above.
    }
  }

  #readNow(): void {
    const startedAt = performance.now()
    while (!this.#done && this.#ready.length === 0 && this.#mayRead()) {
      try {
        this.#readSome()
      } catch (thrown) {
        this.#fail(thrown)
      }
      if (performance.now() - startedAt <= READ_MS) continue
      // A stretch of a fixed size is read on later, so that other work is not kept waiting.
      if (this.#options.grain !== undefined && this.#ready.length === 0) this.#continueLater()
      return
    }
  }

  /** Reads at most `LOOK_EVERY` inputs. Numbers that nothing skips need no look at each. */
  #readSome(): void {
    const { skip, window } = this.#options
    const iterator = this.#iterator as Iterator<unknown>
    const builder = this.#builder
    const most = Math.min(LOOK_EVERY, window.room())
    const plain = skip !== undefined || builder === undefined ? 0 : Math.min(most, builder.wanted - builder.count) - 1
    let numbers = 0
    let other: IteratorResult<unknown> | undefined
    try {
      for (; numbers < plain; numbers++) {
        const step = checkStep(iterator.next(), 'inputs')
        if (step.done === true || typeof step.value !== 'number') {
          other = step
          break
        }
        builder?.addNumber(step.value)
      }
    } finally {
      builder?.addedNumbers(numbers)
      this.read += numbers
      this.#held += numbers
      window.enter(numbers * PLAIN_BYTES, numbers)
    }
    if (numbers === plain) other = checkStep(iterator.next(), 'inputs')
    if (other?.done === true) this.#done = true
    else this.#take(other?.value)
  }

  #continueLater(): void {
    if (this.#busy || this.#done) return
    this.#busy = true
    setImmediate(() => {
      this.#busy = false
      this.#options.wake()
    })
  }

  async #readAhead(): Promise<void> {
    if (this.#busy || this.#done || !this.#mayRead()) return
    this.#busy = true
    try {
      do {
        const step = checkStep(await this.#iterator.next(), 'inputs')
        // The reader was stopped during the read.
        if (this.#done) return
        if (step.done === true) this.#done = true
        else this.#take(step.value)
        if (this.#options.grain === undefined || this.#ready.length > 0) this.#options.wake()
      } while (!this.#done && this.#mayRead())
    } catch (thrown) {
      this.#fail(thrown)
    } finally {
      this.#busy = false
      // The end of the inputs may be the end of the run.
      this.#options.wake()
    }
  }

  /** A stretch of a fixed size may become larger than the window, if there is nothing else in it. */
  #mayRead(): boolean {
    if (this.#options.window.hasRoom()) return true
    const building = this.#builder?.count ?? 0
    return this.#options.grain !== undefined && building > 0 && building === this.#held
  }

  #take(input: unknown): void {
    if (input instanceof KeptAccumulator) return this.#takeKept(input)
    const { skip, window, refuse, maxBytes, grain } = this.#options
    const index = this.read++
    if (skip?.(input, index) === true) {
      this.skipped++
      return
    }
    const builder = (this.#builder ??= this.#newBuilder())
    this.#held++
    if (input instanceof UnreadableInput) {
      window.enter(0)
      builder.addRefused(input.text, index, refuse(input.text, index, input))
    } else window.enter(builder.add(input, index, (why) => refuse(input, index, why)))
    if (builder.count >= builder.wanted || (grain === undefined && builder.bytes >= maxBytes)) this.#close()
  }

  /** Takes what an earlier run added. Its inputs count as left out. */
  #takeKept({ packed, count }: KeptAccumulator): void {
    this.#close()
    this.read += count
    this.skipped += count
    const place = { level: 0, position: this.leaves++ }
    const stretch = new StretchBuilder(place, 0, Infinity, this.#options.encoder).build()
    stretch.kept = packed
    this.#ready.push(stretch)
  }

  #newBuilder(): StretchBuilder {
    const { grain, next, encoder } = this.#options
    const remaining = this.#size === undefined ? undefined : Math.max(1, this.#size - this.read + 1)
    const { leaves, inputs } = next(this.leaves, remaining)
    const place: Place = { level: Math.log2(leaves), position: this.leaves / leaves }
    return new StretchBuilder(place, inputs, grain ?? Infinity, encoder)
  }

  #close(): void {
    const stretch = this.#builder?.build()
    this.#builder = undefined
    if (stretch === undefined) return
    this.leaves += stretch.leaves
    this.#ready.push(stretch)
  }

  /** Returns a stretch without inputs, for a reduction that has none. */
  nothing(): Stretch {
    this.leaves = 1
    return new StretchBuilder({ level: 0, position: 0 }, 0, Infinity, this.#options.encoder).build()
  }

  #fail(thrown: unknown): void {
    this.#done = true
    this.error ??= { thrown }
  }
}
