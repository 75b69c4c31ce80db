import { TaskAbortedError } from '../../errors/task-errors.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { Chunk } from '../../pool/jobs/chunk.ts'
import { ItemChunk } from '../../pool/jobs/item-chunk.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { Median } from '../../pool/jobs/median.ts'
import type { Ending, Source, SourcePort } from '../../pool/jobs/ports.ts'
import { failureOf } from '../../pool/outcomes/task-failure.ts'
import { RunCache } from './run-cache.ts'

/** Longest time that one lookup pass blocks the event loop, in milliseconds. */
const SLICE_MS = 5

/** Default number of inputs that are looked up at a time. */
const GROUP = 64

/** Options that map the items of a run to cached calls. */
export interface CachedItems {
  /** The arguments that an item stands for. */
  readonly argsOf: (item: Item) => readonly unknown[]
  /** Converts a worker's result to the stored value. Default: the identity. */
  readonly storedOf?: (item: Item, value: unknown) => unknown
  /** Converts a stored value to a result. Default: the identity. */
  readonly foundOf?: (item: Item, stored: unknown) => unknown
  /** Number of inputs that are looked up at a time; they then wait for workers in the order in which they were read. */
  readonly group?: number
}

/** A source of the inputs that are not in a cache. Those that are in it are not sent to a worker. */
export class CachedSource implements Source {
  readonly cache: RunCache
  readonly #inputs: Source
  readonly #group: number
  #job!: SourcePort
  /** Items that have to run and were not taken yet. */
  #ready: Item[] = []
  #stopped = false
  /** The last look was interrupted, and goes on soon. */
  #goesOn = false

  constructor(inputs: Source, { argsOf, storedOf, foundOf, group = GROUP }: CachedItems) {
    this.#inputs = inputs
    this.#group = group
    this.cache = new RunCache(argsOf, {
      ...(storedOf && { storedOf }),
      hit: (item, value, bytes) => this.#job.hit(item, foundOf === undefined ? value : foundOf(item, value), bytes),
      run: (item) => this.#add(item),
    })
  }

  attach(job: SourcePort): void {
    this.#job = job
    this.#inputs.attach?.(job)
  }

  /** Run times of the job's tasks that succeeded, in milliseconds. */
  get durations(): Median {
    return this.#job.durations
  }

  get empty(): boolean {
    return this.#ready.length === 0 && this.#inputs.empty
  }

  get exhausted(): boolean {
    return this.#ready.length === 0 && this.cache.held === 0 && this.#inputs.exhausted
  }

  isDry(fn: PreparedFunction, held: number): boolean {
    if (this.#goesOn || this.#ready.some((item) => item.fn === fn)) return false
    return this.#inputs.isDry?.(fn, held + this.cache.held) ?? this.#inputs.exhausted
  }

  get error(): Ending | undefined {
    return this.#inputs.error
  }

  remaining(): number | undefined {
    const rest = this.#inputs.remaining()
    return rest === undefined ? undefined : rest + this.#ready.length
  }

  take(max: number): Chunk | undefined {
    const startedAt = performance.now()
    this.#goesOn = false
    while (this.#ready.length < max) {
      const chunk = this.#inputs.take(Math.max(max, this.#group))
      if (chunk === undefined) break
      for (let at = 0; at < chunk.length; at++) {
        const item = chunk.item(at)
        if (this.cache.admit(item)) this.#ready.push(item)
      }
      if (performance.now() - startedAt > SLICE_MS) {
        this.#goesOn = true
        setImmediate(() => this.#job.wake())
        break
      }
    }
    const spread = this.#ready[0]?.spread
    // All items of a message have the same `spread`.
    const other = this.#ready.findIndex((item) => item.spread !== spread)
    const items = this.#ready.splice(0, Math.min(max, other < 0 ? Infinity : other))
    return items.length === 0 ? undefined : new ItemChunk(items)
  }

  /** An input has to run after all. */
  #add(item: Item): void {
    if (this.#stopped) return this.#abort(item)
    this.#ready.push(item)
    this.#job.wake()
  }

  #abort(item: Item): void {
    this.#job.refuse(item, new TaskAbortedError(failureOf(item), 'the run was halted'))
  }

  /** Stops reading and fails the items that wait here. Items that await a task that still runs get its result. */
  stop(): void {
    this.#stopped = true
    this.#inputs.stop()
    const left = [...this.#ready.splice(0), ...this.cache.takeAwaited()]
    // Deferred: the caller may still be storing outcomes.
    if (left.length > 0) queueMicrotask(() => left.forEach((item) => this.#abort(item)))
  }
}
