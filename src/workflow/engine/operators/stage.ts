import type { CacheAccess } from '../../../cache/cache-access.ts'
import { countCall } from '../../../cache/store/cache-report.ts'
import { TaskError } from '../../../errors/task-errors.ts'
import { Item } from '../../../pool/jobs/item.ts'
import type { CachedResult } from '../../chain/make-cached-chain.ts'
import type { StagePlan } from '../../graph/graph-plan.ts'
import type { NodeCounts } from '../../graph/item-counts.ts'
import type { CallQueue } from '../call-queue.ts'
import { type CallRules, encodeCall, unsentCall } from '../encode-call.ts'
import type { KeptCalls } from '../kept-calls.ts'
import { Position } from '../position.ts'
import { type Port, Stream } from '../stream.ts'

/** The rules and caches of a stage's calls. */
export interface Calling extends CallRules {
  /**
   * The cache of each step; undefined if no step has one. With caches, results come with the state of each step's call.
   */
  readonly accesses: readonly (CacheAccess | undefined)[] | undefined
  /** Results are looked up and stored here, before and after the calls. */
  readonly kept: KeptCalls | undefined
  /** Calls whose input cannot be sent are made in this thread. */
  readonly fallsBack?: boolean
}

/** The tag of an item: the stage that gets its result, and the position for it. */
export interface StageTag {
  readonly stage: Stage
  readonly out: Position
}

/**
 * Nodes that run back to back in one call: each item of the input becomes a task as soon as it is there, and its results
 * take its position in the output.
 */
export class Stage implements Port {
  readonly plan: StagePlan
  readonly output: Stream = new Stream()
  readonly #calling: Calling
  readonly #queue: CallQueue
  readonly #counts: readonly NodeCounts[]
  readonly #port: number
  /** The count of items that were made of others, if one may become several. */
  #made = 0
  /** Items that will come, or become others. */
  #expected = 0
  #isClosed = false

  constructor(
    plan: StagePlan,
    input: Stream,
    { calling, queue, counts }: { calling: Calling; queue: CallQueue; counts: readonly NodeCounts[] },
  ) {
    this.plan = plan
    this.#calling = calling
    this.#queue = queue
    this.#counts = counts
    this.#port = input.connect(this)
  }

  ends(): number {
    return this.output.ends
  }

  /** All items have come. */
  get isComplete(): boolean {
    return this.#isClosed && this.#expected === 0
  }

  added(position: Position): void {
    this.#expected++
    this.output.add(this.#follow(position))
    if (position.isSettled) this.settled(position)
  }

  split(position: Position, into: readonly Position[]): void {
    this.#expected += into.length - 1
    this.output.split(
      this.#takeOut(position),
      into.map((one) => this.#follow(one)),
    )
    for (const one of into) if (one.isSettled) this.settled(one)
  }

  settled(position: Position): void {
    this.#expected--
    const out = this.#takeOut(position)
    if (position.state === 'failed') {
      for (const counts of this.#counts) counts.skipped++
      return this.output.fail(out, position.error as TaskError)
    }
    const entry = encodeCall(position.value, position.index, this.#queue.pushed, this.#calling)
    if (entry instanceof Item) return this.#push(entry, out)
    if (this.#calling.fallsBack !== true) return this.failed(out, entry)
    const unsent = unsentCall(position.value, position.index, this.#queue.pushed, this.#calling)
    this.#queue.refused.set(unsent, entry)
    this.#push(unsent, out)
  }

  #push(entry: Item, out: Position): void {
    entry.tag = { stage: this, out } satisfies StageTag
    this.#queue.push(this.plan.rank, entry)
  }

  closed(): void {
    this.#isClosed = true
    this.output.close()
  }

  /** The stored results of this stage; undefined if they are not stored on the host. */
  get kept(): KeptCalls | undefined {
    return this.#calling.kept
  }

  /** A call was not made: its result was there. */
  found(): void {
    for (const counts of this.#counts) counts.cached++
  }

  /** A task's result. */
  completed(out: Position, given: unknown, bytes: number): void {
    const { accesses } = this.#calling
    if (accesses === undefined) return this.#take(out, given, bytes)
    const [result, states] = given as CachedResult
    states.forEach((state, i) => {
      if (state === 'hit' || state === 'joined') (this.#counts[i] as NodeCounts).cached++
      const access = accesses[i]
      if (access !== undefined && state !== undefined) countCall(access.counts, state)
    })
    this.#take(out, result, bytes)
  }

  /**
   * Takes a result: a value, or if an item may become none or several, a list, or the number of the step that ended it.
   */
  #take(out: Position, result: unknown, bytes: number): void {
    if (!this.plan.isMany) {
      for (const counts of this.#counts) counts.done++
      return this.output.settle(out, result, bytes)
    }
    const values = Array.isArray(result) ? (result as unknown[]) : []
    const ran = Array.isArray(result) ? this.#counts.length : (result as number) + 1
    for (let i = 0; i < ran; i++) (this.#counts[i] as NodeCounts).done++
    const into = values.map((value) => {
      const index = this.plan.expands ? this.#made++ : out.index
      return new Position(index, 'done', out.root).settle(value, bytes / values.length)
    })
    out.root?.grow((into.length - 1) * this.output.ends)
    this.output.split(out, into)
  }

  failed(out: Position, error: TaskError): void {
    // If the failed step is not known, count the first.
    const at = Math.max(
      0,
      this.plan.steps.findIndex((step) => step.name === error.task.name),
    )
    this.#counts.forEach((counts, i) => counts[i < at ? 'done' : i === at ? 'failed' : 'skipped']++)
    this.output.fail(out, error)
  }

  /** Makes the output position for an input position. */
  #follow(position: Position): Position {
    const isOpen = position.state === 'open' || this.plan.isMany
    const out = new Position(position.index, isOpen ? 'open' : 'known', position.root)
    position.mark(this.#port, out)
    return out
  }

  #takeOut(position: Position): Position {
    return position.takeMark(this.#port) as Position
  }
}
