import { SerializationError } from '../errors/serialization-error.ts'
import { MAX_BATCH_BYTES } from '../pool/batch-sizer.ts'
import { Entry } from '../pool/entry.ts'
import type { FunctionUse } from '../pool/function-use.ts'
import type { TaskPolicy } from '../pool/policy.ts'
import type { Ending } from '../pool/sink.ts'
import type { Supply } from '../pool/supply.ts'
import { failureOf } from '../pool/task-failure.ts'
import type { Encoder } from '../wire/codec/encoder.ts'
import { pathTo } from '../wire/codec/path.ts'
import { Unsendable } from '../wire/codec/unsendable.ts'
import type { Window } from './window.ts'

/** A slow generator is not read for longer than this, in milliseconds, before what it gave is sent. */
const READ_MS = 2

/** What is to be done with an input: the function to call, and the rules for it. */
export interface Assignment {
  readonly fn: FunctionUse
  readonly policy: TaskPolicy
}

export interface InputSupplyOptions {
  readonly inputs: Iterable<unknown> | AsyncIterable<unknown>
  readonly skip: ((input: unknown, index: number) => boolean) | undefined
  /** May take its time, where a function is met for the first time. */
  readonly assign: (input: unknown) => Assignment | Promise<Assignment>
  /** What is sent is the list of arguments. */
  readonly spread: boolean
  /** What to send for an input. */
  readonly valueOf: (input: unknown) => unknown
  /** Copies inputs the moment they are read; without it they are passed as they are. */
  readonly encoder: Encoder | undefined
  readonly window: Window
  /** Told that there is something to take after there was nothing. */
  readonly wake: () => void
  /** An input that cannot be sent: it has its outcome. */
  readonly refuse: (entry: Entry, error: SerializationError) => void
}

/** Reads inputs as there is room for them, and makes entries of them. */
export class InputSupply implements Supply {
  /** What reading the inputs threw. Everything read before has its outcome first. */
  error: Ending | undefined
  readonly #options: InputSupplyOptions
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>
  readonly #isAsync: boolean
  readonly #size: number | undefined
  /** Entries that were read ahead. */
  #ready: Entry[] = []
  #index = 0
  #place = 0
  #done = false
  /** A read, or a preparation, that has not come back. */
  #busy = false

  constructor(options: InputSupplyOptions) {
    this.#options = options
    const { inputs } = options
    this.#isAsync = Symbol.asyncIterator in inputs
    this.#iterator = Symbol.asyncIterator in inputs ? inputs[Symbol.asyncIterator]() : inputs[Symbol.iterator]()
    this.#size = sizeOf(inputs)
  }

  get exhausted(): boolean {
    return this.#done && this.#ready.length === 0 && !this.#busy
  }

  /** How many inputs there will be outcomes for, where that is known. */
  get size(): number | undefined {
    if (this.#done && this.#ready.length === 0) return this.#place
    return this.#options.skip === undefined ? this.#size : undefined
  }

  /** Inputs read so far, skipped ones included. */
  get read(): number {
    return this.#index
  }

  remaining(): number | undefined {
    if (this.#done) return this.#ready.length
    return this.#size === undefined ? undefined : this.#size - this.#index + this.#ready.length
  }

  take(max: number, into: Entry[]): void {
    if (this.#ready.length > 0) {
      into.push(...this.#ready.splice(0, max))
      if (this.#isAsync) void this.#readAhead()
    } else if (this.#isAsync) void this.#readAhead()
    else this.#readNow(max, into)
  }

  stop(): void {
    if (this.#done) return
    this.#done = true
    this.#ready = []
    try {
      const closing = this.#iterator.return?.() as Promise<unknown> | undefined
      // Nobody waits for the input to close; what it throws then concerns nobody.
      if (this.#isAsync) closing?.then(undefined, () => {})
    } catch {
      // As above.
    }
  }

  /** A synchronous source is read as far as a batch needs. */
  #readNow(max: number, into: Entry[]): void {
    const { window } = this.#options
    const startedAt = performance.now()
    let bytes = 0
    while (!this.#done && !this.#busy && into.length < max && window.hasRoom()) {
      const input = this.#next()
      if (input === END) return
      const entry = this.#admit(input)
      if (entry === undefined) continue
      if (entry instanceof Promise) return this.#hold(entry)
      into.push(entry)
      bytes += entry.bytes
      if (bytes >= MAX_BATCH_BYTES) return
      if ((into.length & 15) === 0 && performance.now() - startedAt > READ_MS) return
    }
  }

  #next(): unknown {
    try {
      const step = (this.#iterator as Iterator<unknown>).next()
      if (step.done !== true) return step.value
      this.#done = true
    } catch (thrown) {
      this.#fail(thrown)
    }
    return END
  }

  /** An entry that needs its function made ready first holds up those behind it. */
  #hold(entry: Promise<Entry | undefined>): void {
    this.#busy = true
    entry
      .then(
        (ready) => {
          if (ready !== undefined) this.#ready.push(ready)
        },
        (thrown: unknown) => this.#fail(thrown),
      )
      .finally(() => {
        this.#busy = false
        this.#options.wake()
      })
  }

  /** An asynchronous source is read as far as the window allows; what came goes on its way at once. */
  async #readAhead(): Promise<void> {
    if (this.#busy || this.#done) return
    this.#busy = true
    try {
      while (!this.#done && this.#options.window.hasRoom()) {
        const step = await this.#iterator.next()
        // Stopped meanwhile.
        if (this.#done) return
        if (step.done === true) {
          this.#done = true
          return
        }
        const entry = await this.#admit(step.value)
        if (entry === undefined) continue
        this.#ready.push(entry)
        this.#options.wake()
      }
    } catch (thrown) {
      this.#fail(thrown)
    } finally {
      this.#busy = false
      // The end of the inputs may be the end of the run.
      this.#options.wake()
    }
  }

  #fail(thrown: unknown): void {
    this.#done = true
    this.error ??= { thrown }
  }

  /** Makes an entry of an input; undefined where it is skipped or has its outcome already. */
  #admit(input: unknown): Entry | undefined | Promise<Entry | undefined> {
    const index = this.#index++
    try {
      if (this.#options.skip?.(input, index) === true) return undefined
      const assignment = this.#options.assign(input)
      if (assignment instanceof Promise) return assignment.then((ready) => this.#make(input, index, ready))
      return this.#make(input, index, assignment)
    } catch (thrown) {
      this.#fail(thrown)
      return undefined
    }
  }

  #make(input: unknown, index: number, { fn, policy }: Assignment): Entry | undefined {
    const { encoder, window, valueOf, spread } = this.#options
    const value = valueOf(input)
    const place = this.#place++
    if (
      encoder === undefined ||
      (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')
    ) {
      const bytes = typeof value === 'string' ? value.length : 8
      window.enter(bytes)
      return new Entry(index, place, input, value, undefined, bytes, spread, undefined, fn, policy)
    }
    try {
      const encoded = encoder.encode(value)
      window.enter(encoded.bytes)
      return new Entry(
        index,
        place,
        input,
        encoded.value,
        encoded.specials,
        encoded.bytes,
        spread,
        encoder.takeTransfer(),
        fn,
        policy,
      )
    } catch (error) {
      if (!(error instanceof Unsendable)) throw error
      window.enter(0)
      const entry = new Entry(index, place, input, undefined, undefined, 0, spread, undefined, fn, policy)
      const path = pathTo(value, error.offender, 'input')
      this.#options.refuse(entry, new SerializationError(failureOf(entry), path, error.reason, 'input'))
      return undefined
    }
  }
}

const END = Symbol('no more inputs')

function sizeOf(inputs: object): number | undefined {
  if (Array.isArray(inputs) || ArrayBuffer.isView(inputs)) return (inputs as unknown as ArrayLike<unknown>).length
  return inputs instanceof Map || inputs instanceof Set ? inputs.size : undefined
}
