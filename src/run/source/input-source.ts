import { type TaskError, UnreadableRowError } from '../../errors/task-errors.ts'
import type { Capabilities } from '../../pool/backend/backend.ts'
import { hostEncoder } from '../../pool/functions/host-encoder.ts'
import { MAX_BATCH_BYTES } from '../../pool/jobs/batch-sizer.ts'
import type { Chunk } from '../../pool/jobs/chunk.ts'
import { Item } from '../../pool/jobs/item.ts'
import type { Ending, Source, SourcePort } from '../../pool/jobs/ports.ts'
import { refusalOf } from '../../pool/outcomes/refusal.ts'
import { failureOf } from '../../pool/outcomes/task-failure.ts'
import type { RunSettings } from '../../settings/run-settings.ts'
import type { Encoder } from '../../wire/codec/encoder.ts'
import { type Assignment, InputChunk } from './input-chunk.ts'
import { UnreadableInput } from './parsed-rows.ts'
import { checkStep, isPlain, openInputs } from './read-step.ts'
import type { Window } from './window.ts'

/** Longest time that a slow generator is read before its items are sent, in milliseconds. */
const READ_MS = 2
/** Number of inputs between two checks whether a generator is slow. */
const LOOK_EVERY = 16

export interface InputSourceOptions {
  readonly inputs: Iterable<unknown> | AsyncIterable<unknown>
  readonly skip: ((input: unknown, index: number) => boolean) | undefined
  /** Returns what to do with an input; a promise if its function has to be prepared first. */
  readonly assign: (input: unknown) => Assignment | Promise<Assignment>
  /** The value sent for an input is its list of arguments. */
  readonly spread: boolean
  /** Returns the value to send for an input. */
  readonly valueOf: (input: unknown) => unknown
  /** Copies inputs when they are read; if absent they are passed as they are. */
  readonly encoder: Encoder | undefined
  readonly window: Window
}

/** Makes the encoder that copies inputs for a backend; undefined if the run passes them as they are. */
export function inputEncoder({ copy }: Pick<RunSettings, 'copy'>, capabilities: Capabilities): Encoder | undefined {
  return copy === false ? undefined : hostEncoder(capabilities)
}

/** An input that was read and not yet put into a chunk. */
interface WaitingInput {
  readonly input: unknown
  readonly index: number
  readonly assignment: Assignment
}

const END = Symbol('no more inputs')

/** Reads inputs as there is room for them, and puts them into chunks. */
export class InputSource implements Source {
  /** An error from reading the inputs; everything read before has its outcome first. */
  error: Ending | undefined
  readonly #options: InputSourceOptions
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>
  readonly #isAsync: boolean
  readonly #size: number | undefined
  #job!: SourcePort
  /** Inputs that were read ahead. */
  #ahead: WaitingInput[] = []
  #index = 0
  #sequence = 0
  #done = false
  /** A read, or the preparation of a function, is pending. */
  #busy = false

  constructor(options: InputSourceOptions) {
    this.#options = options
    const { inputs } = options
    const { isAsync, iterator } = openInputs(inputs)
    this.#isAsync = isAsync
    this.#iterator = iterator
    this.#size = sizeOf(inputs)
  }

  attach(job: SourcePort): void {
    this.#job = job
  }

  get exhausted(): boolean {
    return this.#done && this.#ahead.length === 0 && !this.#busy
  }

  /** An iterator reveals its end only on the next read, so this may be false after the last input. */
  get empty(): boolean {
    return this.#done && this.#ahead.length === 0
  }

  /** Number of inputs that will have an outcome, if that is known. */
  get size(): number | undefined {
    if (this.exhausted) return this.#sequence
    return this.#size === undefined ? undefined : this.#size - this.skipped
  }

  /** Inputs that were left out so far. */
  skipped = 0

  /** Inputs read so far, skipped ones included. */
  get read(): number {
    return this.#index
  }

  remaining(): number | undefined {
    if (this.#done) return this.#ahead.length
    return this.#size === undefined ? undefined : this.#size - this.#index + this.#ahead.length
  }

  take(max: number): Chunk | undefined {
    if (this.#isAsync) void this.#readAhead()
    for (;;) {
      const chunk = this.#ahead.length > 0 || this.#isAsync ? this.#chunkOf(this.#ahead, max) : this.#readNow(max)
      chunk?.seal()
      // Without one nothing was read. One without inputs began with an input that was refused: others may follow.
      if (chunk === undefined || chunk.length > 0) return chunk
    }
  }

  stop(): void {
    // Inputs that were read ahead are dropped.
    this.#ahead = []
    if (this.#done) return
    this.#done = true
    // A pending read may never settle.
    this.#busy = false
    try {
      const closing = this.#iterator.return?.() as Promise<unknown> | undefined
      // Nothing waits for the iterator to close, so its errors are ignored.
      if (this.#isAsync) closing?.then(undefined, () => {})
    } catch {
      // Ignored, as above.
    }
  }

  /** Reads a synchronous iterator as far as a batch needs. */
  #readNow(max: number): InputChunk | undefined {
    const { window, skip, assign } = this.#options
    const startedAt = performance.now()
    let chunk: InputChunk | undefined
    for (let count = 1; !this.#done && !this.#busy && window.hasRoom(); count++) {
      const input = this.#next()
      if (input === END) return chunk
      const index = this.#index++
      try {
        if (skip?.(input, index)) {
          this.skipped++
          continue
        }
        const assignment = assign(input)
        if (assignment instanceof Promise) return this.#hold(input, index, assignment, chunk)
        chunk ??= new InputChunk(index, this.#sequence, assignment, this.#options.spread)
        if (!this.#add(chunk, max, input, index, assignment)) return chunk
      } catch (thrown) {
        this.#fail(thrown)
        return chunk
      }
      if (chunk.length >= max || chunk.total >= MAX_BATCH_BYTES) return chunk
      if (count % LOOK_EVERY === 0 && performance.now() - startedAt > READ_MS) return chunk
    }
    return chunk
  }

  #next(): unknown {
    try {
      const step = checkStep((this.#iterator as Iterator<unknown>).next(), 'inputs')
      if (step.done !== true) return step.value
      this.#done = true
    } catch (thrown) {
      this.#fail(thrown)
    }
    return END
  }

  /** Holds an input whose function is being prepared, and with it the inputs behind it. */
  #hold(
    input: unknown,
    index: number,
    assignment: Promise<Assignment>,
    chunk: InputChunk | undefined,
  ): InputChunk | undefined {
    this.#busy = true
    void assignment
      .then(
        (ready) => {
          if (!this.#done) this.#ahead.push({ input, index, assignment: ready })
        },
        (thrown: unknown) => this.#fail(thrown),
      )
      .finally(() => {
        this.#busy = false
        this.#job.wake()
      })
    return chunk
  }

  /** Reads an asynchronous iterator as far as the window allows; each input can be taken as soon as it has come. */
  async #readAhead(): Promise<void> {
    const { window, skip, assign } = this.#options
    if (this.#busy || this.#done || this.#ahead.length >= window.room()) return
    this.#busy = true
    try {
      while (!this.#done && this.#ahead.length < window.room()) {
        const step = checkStep(await this.#iterator.next(), 'inputs')
        // The source was stopped during the read.
        if (this.#done) return
        if (step.done === true) {
          this.#done = true
          return
        }
        const index = this.#index++
        if (skip?.(step.value, index)) {
          this.skipped++
          continue
        }
        this.#ahead.push({ input: step.value, index, assignment: await assign(step.value) })
        this.#job.wake()
      }
    } catch (thrown) {
      this.#fail(thrown)
    } finally {
      this.#busy = false
      // The end of the inputs may be the end of the run.
      this.#job.wake()
    }
  }

  /** Puts the first of some inputs that were read ahead into a chunk. */
  #chunkOf(ahead: WaitingInput[], max: number): InputChunk | undefined {
    let chunk: InputChunk | undefined
    let count = 0
    for (const { input, index, assignment } of ahead) {
      if (chunk !== undefined && (chunk.length >= max || chunk.total >= MAX_BATCH_BYTES)) break
      count++
      chunk ??= new InputChunk(index, this.#sequence, assignment, this.#options.spread)
      if (!this.#add(chunk, max, input, index, assignment)) break
    }
    ahead.splice(0, count)
    return chunk
  }

  #fail(thrown: unknown): void {
    this.#done = true
    this.error ??= { thrown }
  }

  /** Adds an input to a chunk. Returns false if it cannot be encoded: it uses up a sequence, so the chunk must end. */
  #add(chunk: InputChunk, max: number, input: unknown, index: number, assignment: Assignment): boolean {
    const { encoder, window, valueOf } = this.#options
    const value = valueOf(input)
    const sequence = this.#sequence++
    if (input instanceof UnreadableInput) {
      const item = this.#unsentItem(input.text, index, sequence, assignment)
      this.#refuse(item, new UnreadableRowError(failureOf(item), input.position, input.reason))
      return false
    }
    if (encoder === undefined || isPlain(value)) {
      window.enter(chunk.addPlain(value, assignment, input, index))
      return true
    }
    const bytes = chunk.addShaped(value, encoder, max, assignment, input, index)
    if (bytes >= 0) {
      window.enter(bytes)
      return true
    }
    try {
      const encoded = encoder.encode(value)
      window.enter(encoded.bytes)
      chunk.addEncoded(encoded, encoder.takeTransfer(), assignment, input, index)
      return true
    } catch (error) {
      const item = this.#unsentItem(input, index, sequence, assignment)
      this.#refuse(item, refusalOf(error, failureOf(item), { value, name: 'input', direction: 'input' }))
      return false
    }
  }

  #unsentItem(input: unknown, index: number, sequence: number, assignment: Assignment): Item {
    const { spread } = this.#options
    const nothing = { value: undefined, specials: undefined, bytes: 0, transfer: undefined }
    return new Item({ index, sequence, input, spread, ...nothing, ...assignment })
  }

  #refuse(item: Item, error: TaskError): void {
    this.#options.window.enter(0)
    this.#job.refuse(item, error)
  }
}

export function sizeOf(inputs: object): number | undefined {
  if (Array.isArray(inputs) || ArrayBuffer.isView(inputs)) return (inputs as unknown as ArrayLike<unknown>).length
  return inputs instanceof Map || inputs instanceof Set ? inputs.size : undefined
}
