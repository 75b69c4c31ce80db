import { hostClasses } from '../../task/register-class.ts'
import { decode } from '../../wire/codec/decode.ts'
import { Encoder } from '../../wire/codec/encoder.ts'
import type { KeepFrame, RecalledFrame, RecallFrame } from '../../wire/protocol/frames.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { KeptCall } from '../functions/remote-cache.ts'

/** Milliseconds between two signs of life to a worker that waits. */
const SIGN_OF_LIFE_MS = 2_500
/** Most calls that a worker may have open: more are refused. */
const MAX_OPEN = 8_192

/** A call that a worker has asked for, and whose answer it does not have. */
class OpenCall {
  readonly fn: PreparedFunction
  /** The result that the worker computed. */
  readonly given: Promise<unknown>
  give: (value: unknown) => void = () => {}
  readonly #controller = new AbortController()

  constructor(fn: PreparedFunction) {
    this.fn = fn
    this.given = new Promise((resolve, reject) => {
      this.give = resolve
      this.signal.addEventListener('abort', () => reject(this.signal.reason))
    })
    this.given.catch(() => {})
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  cancel(): void {
    this.#controller.abort()
  }
}

/** Answers a worker's requests for cached results, and stores the results that the worker computed. */
export class RemoteCacheServer {
  readonly #open = new Map<number, OpenCall>()
  readonly #maxBytes: number | undefined
  readonly #send: (frame: RecalledFrame) => void

  constructor(maxBytes: number | undefined, send: (frame: RecalledFrame) => void) {
    this.#maxBytes = maxBytes
    this.#send = send
  }

  /** Looks up a call for the worker; `fn` is the function that the frame names, if the worker has it. */
  async ask({ call, step, args }: RecallFrame, fn: PreparedFunction | undefined): Promise<void> {
    if (this.#open.has(call)) return
    const answer = (state: RecalledFrame['state'], more?: Partial<RecalledFrame>): void =>
      this.#send({ type: 'recalled', call, state, ...more })
    if (fn?.remoteCache === undefined || this.#open.size >= MAX_OPEN) return answer('unstorable')
    const open = new OpenCall(fn)
    this.#open.set(call, open)
    const signs = setInterval(() => answer('wait'), SIGN_OF_LIFE_MS).unref()
    try {
      const kept = await fn.remoteCache.call({ step, args, signal: open.signal }, () => {
        clearInterval(signs)
        answer('compute')
        return open.given
      })
      if (kept === undefined) answer('unstorable')
      else answer(kept.state, this.#described(kept))
    } catch {
      // The call failed in the worker, or its result cannot be looked up or sent: then the worker computes it itself.
      answer('unstorable')
    } finally {
      clearInterval(signs)
      this.#open.delete(call)
    }
  }

  /** Takes a result that the worker computed. */
  keep({ call, result }: KeepFrame): void {
    const open = this.#open.get(call)
    if (open === undefined) return
    if (result === undefined) return open.cancel()
    try {
      open.give(decode(result.value, result.specials, { classes: open.fn.classes }))
    } catch {
      open.cancel()
    }
  }

  /** Gives up the open calls of a function that is no longer used; without an argument those of all functions. */
  end(fn?: number): void {
    for (const open of this.#open.values()) if (fn === undefined || open.fn.id === fn) open.cancel()
  }

  /** Makes the part of an answer that the worker does not have: the result, if it did not compute it, and its hash. */
  #described({ state, value, valueHash }: KeptCall): Partial<RecalledFrame> {
    const hash = valueHash === undefined ? undefined : { valueHash }
    if (state !== 'hit' && state !== 'joined') return { ...hash }
    return { ...hash, result: new Encoder({ classes: hostClasses(), maxBytes: this.#maxBytes }).encode(value) }
  }
}
