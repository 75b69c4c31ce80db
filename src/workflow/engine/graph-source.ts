import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import { MAX_BATCH_BYTES } from '../../pool/jobs/batch-sizer.ts'
import type { Chunk } from '../../pool/jobs/chunk.ts'
import { ItemChunk } from '../../pool/jobs/item-chunk.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { Ending, Source, SourcePort } from '../../pool/jobs/ports.ts'
import type { CallQueue } from './call-queue.ts'
import type { GraphEngine } from './graph-engine.ts'

/** The longest time to read sources before results of calls are handled again, in milliseconds. */
const REFILL_MS = 4

export interface GraphSourceEvents {
  /** Called when reading has brought calls; once also for the end. */
  filled(): void
  /** Called when reading was interrupted, to be continued soon. */
  again(): void
  /** Called when there is nothing to do before a call ends, or an item is taken. */
  waits(): void
  /** Called when the job wants no more calls. */
  stopped(job: SourcePort): void
}

/** The calls of a graph, for the job that makes them: those nearest to the end first. If none is ready, it reads sources. */
export class GraphSource implements Source {
  readonly #engine: GraphEngine
  readonly #queue: CallQueue
  readonly #events: GraphSourceEvents
  #job!: SourcePort
  /** Reading was interrupted, and goes on soon. */
  #goesOn = false
  #hasToldEnd = false

  constructor(engine: GraphEngine, queue: CallQueue, events: GraphSourceEvents) {
    this.#engine = engine
    this.#queue = queue
    this.#events = events
  }

  attach(job: SourcePort): void {
    this.#job = job
  }

  /** The job that it feeds. */
  get job(): SourcePort {
    return this.#job
  }

  get exhausted(): boolean {
    return this.#engine.isOver
  }

  get error(): Ending | undefined {
    return this.#engine.error
  }

  get empty(): boolean {
    return this.#queue.length === 0 && this.#engine.isExhausted
  }

  isDry(fn: PreparedFunction, held: number): boolean {
    return !this.#goesOn && this.#engine.isDry(fn, held)
  }

  remaining(): number | undefined {
    return this.#engine.isExhausted ? this.#queue.length : undefined
  }

  take(max: number): Chunk | undefined {
    const startedAt = performance.now()
    this.#goesOn = false
    while (this.#queue.length === 0) {
      const came = this.#engine.refill(max)
      if (came || this.#isNewEnd()) this.#events.filled()
      if (!came) {
        this.#events.waits()
        return undefined
      }
      if (this.#queue.length === 0 && performance.now() - startedAt > REFILL_MS) {
        this.#goesOn = true
        this.#events.again()
        return undefined
      }
    }
    const entries = this.#queue.take(max, MAX_BATCH_BYTES)
    this.#engine.handedOut(entries.length)
    const sendable = this.#queue.refused.size === 0 ? entries : entries.filter((entry) => !this.#refuses(entry))
    return sendable.length === 0 ? this.take(max) : new ItemChunk(sendable)
  }

  /** True once: a job that still waits for its workers would be woken again and again, and never hear of them. */
  #isNewEnd(): boolean {
    const isNew = this.#engine.isOver && !this.#hasToldEnd
    this.#hasToldEnd = this.#engine.isOver
    return isNew
  }

  /** Has the job refuse an entry that cannot be sent. Returns false for all others. */
  #refuses(entry: Item): boolean {
    const { refused } = this.#queue
    const error = refused.get(entry)
    if (error === undefined) return false
    refused.delete(entry)
    this.#job.refuse(entry, error)
    return true
  }

  stop(): void {
    this.#events.stopped(this.#job)
  }
}
