import type { StoredPart } from '../../journal/partials/stored-part.ts'
import type { Packed } from '../worker/messages.ts'
import { inputKey, KeysHash } from './input-keys.ts'
import { KeptAccumulator } from './kept-accumulator.ts'

/** A part whose inputs are looked for, and those that were found so far. */
interface Candidate {
  readonly part: StoredPart
  readonly hash: KeysHash
  readonly held: unknown[]
}

export interface KnownInputsOptions {
  readonly parts: readonly StoredPart[]
  readonly grain: number | undefined
  /** Reads the accumulator of a part; undefined if it cannot be used. */
  readonly read: (part: StoredPart) => Packed | undefined
}

/**
 * Finds inputs among those of earlier runs whose accumulators were kept: neighbours with the same keys in the same order.
 * They may stand anywhere; with a grain only where one begins. Holds back inputs that may be such, up to one stretch.
 */
export class KnownInputs {
  readonly #options: KnownInputsOptions
  /** The parts that were not found yet, by the key of their first input. */
  readonly #parts = new Map<string, StoredPart[]>()
  #candidate: Candidate | undefined
  /** Inputs that were passed on, or found. */
  #position = 0

  constructor(options: KnownInputsOptions) {
    this.#options = options
    for (const part of options.parts) {
      const same = this.#parts.get(part.first)
      if (same === undefined) this.#parts.set(part.first, [part])
      else same.push(part)
    }
  }

  /** Passes inputs on, with a `KeptAccumulator` in the place of those that were found. */
  *in(inputs: Iterable<unknown>): Generator<unknown, void, undefined> {
    for (const input of inputs) yield* this.#pass(input)
    yield* this.#end()
  }

  /** The same for inputs that come in time. */
  async *inAsync(inputs: AsyncIterable<unknown>): AsyncGenerator<unknown, void, undefined> {
    for await (const input of inputs) yield* this.#pass(input)
    yield* this.#end()
  }

  *#pass(first: unknown): Generator<unknown, void, undefined> {
    let waiting = [first]
    for (let at = 0; at < waiting.length; at++) {
      const input = waiting[at]
      const candidate = (this.#candidate ??= this.#begin(input))
      if (candidate === undefined) {
        this.#position++
        yield input
        continue
      }
      const isMore = candidate.held.length === candidate.part.count
      candidate.held.push(input)
      if (!isMore) candidate.hash.add(inputKey(input))
      if (candidate.held.length < candidate.part.count) continue
      // The last grain may be a short one: it is known only when no input comes after it.
      if (!isMore && this.#isShort(candidate.part)) continue
      this.#candidate = undefined
      const kept = isMore ? undefined : this.#found(candidate)
      if (kept !== undefined) {
        yield kept
        continue
      }
      const [next, ...others] = candidate.held
      this.#position++
      yield next
      // The others may be the first of other parts.
      waiting = [...others, ...waiting.slice(at + 1)]
      at = -1
    }
  }

  *#end(): Generator<unknown, void, undefined> {
    for (;;) {
      const candidate = this.#candidate
      if (candidate === undefined) return
      this.#candidate = undefined
      const kept = candidate.held.length === candidate.part.count ? this.#found(candidate) : undefined
      if (kept !== undefined) {
        yield kept
        return
      }
      const [next, ...others] = candidate.held
      this.#position++
      yield next
      for (const input of others) yield* this.#pass(input)
    }
  }

  /** Takes a part that begins with an input. */
  #begin(input: unknown): Candidate | undefined {
    const { grain } = this.#options
    if (this.#parts.size === 0 || (grain !== undefined && this.#position % grain !== 0)) return undefined
    const key = inputKey(input).toString('hex')
    const parts = this.#parts.get(key)
    const part = parts?.shift()
    if (parts?.length === 0) this.#parts.delete(key)
    return part && { part, hash: new KeysHash(), held: [] }
  }

  #isShort({ count }: StoredPart): boolean {
    const { grain } = this.#options
    return grain !== undefined && count < grain
  }

  #found({ part, hash, held }: Candidate): KeptAccumulator | undefined {
    if (hash.text() !== part.keys) return undefined
    const packed = this.#options.read(part)
    if (packed === undefined) return undefined
    this.#position += held.length
    return new KeptAccumulator(packed, held.length)
  }
}
