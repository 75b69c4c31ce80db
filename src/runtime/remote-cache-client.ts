import { decode } from '../wire/codec/decode.ts'
import { Encoder } from '../wire/codec/encoder.ts'
import type { RecalledFrame, WorkerPort } from '../wire/protocol/frames.ts'
import type { LoadedFunction } from './functions/loaded-function.ts'

/** A host that says nothing for so long, in milliseconds, is not waited for. */
export const SILENCE_MS = 10_000

/** A call of a step, as the host knows it. */
export interface Call {
  readonly fn: LoadedFunction
  readonly step: number
  /** Hashes of the arguments, in hex digits. */
  readonly args: readonly (string | undefined)[]
}

export interface CallResult {
  readonly value: unknown
  readonly valueHash: string | undefined
  readonly state: 'hit' | 'joined' | 'computed' | 'unstorable'
}

type Answer = RecalledFrame | undefined

/** Asks the host for results that it keeps, where this worker cannot reach them, and gives it those that it lacks. */
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
   * The result of a call: the host's, or else computed and given to the host. What `compute` throws is thrown. A host that
   * does not answer costs {@link SILENCE_MS}; then the result is computed, and not kept.
   */
  async call({ fn, step, args }: Call, compute: () => unknown): Promise<CallResult> {
    const call = ++this.#last
    this.#port.post({ type: 'recall', call, fn: fn.id, step, args })
    const answer = await this.#answer(call)
    const found = answer && foundIn(answer, fn)
    if (found !== undefined) return found
    // Nobody waits for it any more.
    if (answer === undefined) this.#port.post({ type: 'keep', call })
    if (answer?.state !== 'compute') return { value: await compute(), valueHash: undefined, state: 'unstorable' }
    const value = await this.#computed(call, compute)
    const kept = this.#offer(call, fn, value) ? await this.#answer(call) : undefined
    return { value, valueHash: kept?.valueHash, state: kept?.state === 'computed' ? 'computed' : 'unstorable' }
  }

  /** Takes what the host says. */
  hear(frame: RecalledFrame): void {
    this.#waiting.get(frame.call)?.(frame)
  }

  /** What the host says of a call; undefined where it keeps silent. */
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

  /** False where the value cannot travel: the host then keeps nothing. */
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

/** Undefined where there is none, or none that can be read here. */
function foundIn({ state, result, valueHash }: RecalledFrame, { classes }: LoadedFunction): CallResult | undefined {
  if (result === undefined || (state !== 'hit' && state !== 'joined')) return undefined
  try {
    return { value: decode(result.value, result.specials, { classes }), valueHash, state }
  } catch {
    return undefined
  }
}
