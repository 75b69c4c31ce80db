import { decode } from '../wire/codec/decode.ts'
import { Encoder } from '../wire/codec/encoder.ts'
import type { RecalledFrame, WorkerPort } from '../wire/protocol/frames.ts'
import type { LoadedFunction } from './functions/loaded-function.ts'

/** A host that does not answer for this long, in milliseconds, is not waited for. */
export const SILENCE_MS = 10_000

/** A call of a step, in the terms of the host. */
export interface Call {
  readonly fn: LoadedFunction
  readonly step: number
  /** Hashes of the arguments, 64 hex digits each. */
  readonly args: readonly (string | undefined)[]
  /** Returns false if the arguments are not what was hashed any more: then the result is not stored. */
  readonly isCurrent: () => boolean
}

export interface CallResult {
  readonly value: unknown
  readonly valueHash: string | undefined
  readonly state: 'hit' | 'joined' | 'computed' | 'unstorable'
}

type Answer = RecalledFrame | undefined

/** Asks the host for stored results that this worker cannot reach, and sends it the results that it lacks. */
export class RemoteCacheClient {
  readonly #port: WorkerPort
  readonly #maxBytes: number | undefined
  readonly #waiting = new Map<number, (answer: RecalledFrame) => void>()
  #last = 0

  constructor(port: WorkerPort, maxBytes: number | undefined) {
    this.#port = port
    this.#maxBytes = maxBytes
  }

  /**
   * Returns the result of a call: the host's, or else computed here and sent to the host. Rejects with the error of
   * `compute`. If the host does not answer within {@link SILENCE_MS}, the result is computed, and not stored.
   */
  async call({ fn, step, args, isCurrent }: Call, compute: () => unknown): Promise<CallResult> {
    const call = ++this.#last
    this.#port.post({ type: 'recall', call, fn: fn.id, step, args })
    const answer = await this.#answer(call)
    const found = answer && foundIn(answer, fn)
    if (found !== undefined) return found
    // It is no longer awaited.
    if (answer === undefined) this.#port.post({ type: 'keep', call })
    if (answer?.state !== 'compute') return { value: await compute(), valueHash: undefined, state: 'unstorable' }
    const value = await this.#computed(call, compute)
    if (!isCurrent()) {
      this.#port.post({ type: 'keep', call })
      return { value, valueHash: undefined, state: 'unstorable' }
    }
    const kept = this.#offer(call, fn, value) ? await this.#answer(call) : undefined
    return { value, valueHash: kept?.valueHash, state: kept?.state === 'computed' ? 'computed' : 'unstorable' }
  }

  /** Called with each answer of the host. */
  receive(frame: RecalledFrame): void {
    this.#waiting.get(frame.call)?.(frame)
  }

  /** Resolves to the host's answer; undefined if there is none in time. */
  #answer(call: number): Promise<Answer> {
    return new Promise<Answer>((resolve) => {
      const wait = (): NodeJS.Timeout => setTimeout(() => resolve(undefined), SILENCE_MS)
      let timer = wait()
      this.#waiting.set(call, (answer) => {
        clearTimeout(timer)
        if (answer.state === 'wait') timer = wait()
        else resolve(answer)
      })
    }).finally(() => this.#waiting.delete(call))
  }

  async #computed(call: number, compute: () => unknown): Promise<unknown> {
    try {
      return await compute()
    } catch (thrown) {
      this.#port.post({ type: 'keep', call })
      throw thrown
    }
  }

  /** Sends a result to the host. Returns false if it cannot be sent: then the host stores nothing. */
  #offer(call: number, { classes }: LoadedFunction, value: unknown): boolean {
    try {
      const result = new Encoder({ classes, maxBytes: this.#maxBytes }).encode(value)
      this.#port.post({ type: 'keep', call, result })
      return true
    } catch {
      this.#port.post({ type: 'keep', call })
      return false
    }
  }
}

/** Returns undefined if the answer has no result, or none that can be decoded here. */
function foundIn({ state, result, valueHash }: RecalledFrame, { classes }: LoadedFunction): CallResult | undefined {
  if (result === undefined || (state !== 'hit' && state !== 'joined')) return undefined
  try {
    return { value: decode(result.value, result.specials, { classes }), valueHash, state }
  } catch {
    return undefined
  }
}
