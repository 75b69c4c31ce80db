import type { Chunk } from '../../pool/jobs/chunk.ts'
import type { Ending, Source, SourcePort } from '../../pool/jobs/ports.ts'
import { PushSource } from '../../pool/jobs/push-source.ts'

/** Inputs are read in groups of this size. */
const GROUP = 256

/**
 * Inputs with priorities of their own: reads as many as the window has room for, and hands out the highest first.
 */
export class PrioritySource implements Source {
  readonly #inputs: Source
  readonly #waiting = new PushSource()

  constructor(inputs: Source) {
    this.#inputs = inputs
  }

  attach(job: SourcePort): void {
    this.#inputs.attach?.(job)
  }

  get empty(): boolean {
    return this.#waiting.empty && this.#inputs.empty
  }

  get exhausted(): boolean {
    return this.#waiting.length === 0 && this.#inputs.exhausted
  }

  get error(): Ending | undefined {
    return this.#inputs.error
  }

  remaining(): number | undefined {
    const rest = this.#inputs.remaining()
    return rest === undefined ? undefined : rest + this.#waiting.length
  }

  priority(): number | undefined {
    return this.#waiting.empty ? undefined : this.#waiting.priority()
  }

  take(max: number): Chunk | undefined {
    for (let chunk = this.#inputs.take(GROUP); chunk !== undefined; chunk = this.#inputs.take(GROUP)) {
      for (let at = 0; at < chunk.length; at++) this.#waiting.push(chunk.item(at))
    }
    return this.#waiting.take(max)
  }

  stop(): void {
    this.#inputs.stop()
    this.#waiting.stop()
  }
}
