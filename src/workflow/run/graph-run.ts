import { TaskAbortedError, type TaskError } from '../../errors/task-errors.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import { Item } from '../../pool/jobs/item.ts'
import type { Addressed, Ending, Sink, SourcePort } from '../../pool/jobs/ports.ts'
import { failureOf } from '../../pool/outcomes/task-failure.ts'
import type { Dispatcher } from '../../pool/scheduling/dispatcher.ts'
import type { CachedRun } from '../../run/cache/run-caching.ts'
import type { InputCounts, PreparedRun, RunContext, TaskCounts, Work } from '../../run/plan.ts'
import { DEFAULT_POLICY } from '../../task/failure-policy.ts'
import type { NodeSpec } from '../define/node-spec.ts'
import type { CallQueue } from '../engine/call-queue.ts'
import { type Delivery, GraphEngine } from '../engine/graph-engine.ts'
import { GraphSink } from '../engine/graph-sink.ts'
import { GraphSource } from '../engine/graph-source.ts'
import type { Calling, Stage, StageTag } from '../engine/operators/stage.ts'
import type { GraphPlan } from '../graph/graph-plan.ts'
import type { StagePlan } from '../graph/graph-plan.ts'
import type { NodeCounts } from '../graph/item-counts.ts'
import { stageEdges } from '../graph/stage-edges.ts'

/** A dispatcher, and the calls of a graph that it makes. */
export interface Site {
  readonly dispatcher: Dispatcher
  readonly callings: ReadonlyMap<StagePlan, Calling>
  /** The code of the cache, if results are looked up and stored in this process. */
  readonly caching: typeof import('../../run/cache/run-caching.ts') | undefined
}

/** The parts that `graphRun` needs. */
export interface GraphWork {
  readonly name: string
  readonly plan: GraphPlan
  readonly remote: Site
  /** This process, if some nodes have `local: true`. */
  readonly local: Site | undefined
  /** Number of items in all nodes but sources, and number of outcomes for the consumer, if they are known. */
  readonly sizes: { readonly items: number | undefined; readonly outputs: number | undefined }
  readonly open: (spec: NodeSpec) => Iterable<unknown> | AsyncIterable<unknown>
  /** Called for each outcome, in the order in which the consumer gets them, with the number of its output. */
  readonly onItem: (output: number) => void
  /** Called once with the counters of all nodes. */
  readonly onCounts: (counts: ReadonlyMap<NodeSpec, NodeCounts>) => void
}

const MAX_BYTES = 64 * 1024 * 1024

/**
 * Prepares the run of a graph. All calls on workers are one job, so that they share its window and limits; calls of
 * local nodes are a second job.
 */
export function graphRun(run: RunContext, work: GraphWork): PreparedRun {
  return new GraphRun(run, work).prepared()
}

class GraphRun {
  readonly #run: RunContext
  readonly #work: GraphWork
  readonly #engine: GraphEngine
  readonly #sources: GraphSource[] = []
  #target!: Sink
  #flushesSoon = false
  /** Outcomes that were handed to the consumer. */
  #delivered = 0

  constructor(run: RunContext, work: GraphWork) {
    const { settings } = run
    this.#run = run
    this.#work = work
    const options = {
      callings: new Map([...work.remote.callings, ...(work.local?.callings ?? [])]),
      open: work.open,
      ordered: settings.ordered,
      copy: settings.copy,
      windowItems: run.window.maxItems,
      windowBytes: settings.window === undefined ? MAX_BYTES : Infinity,
    }
    this.#engine = new GraphEngine(work.plan, options, {
      stirred: () => this.#flushSoon(),
      untaken: () => run.reorderBuffer.waiting,
    })
    work.onCounts(this.#engine.counts)
  }

  prepared(): PreparedRun {
    const { name, remote, local } = this.#work
    const main = this.#workAt(remote, this.#engine.remote, (ending) => this.#end(ending))
    // If the job of this process fails, the run fails.
    const failMain = (ending: Ending | undefined): void => ending && this.#sources[0]?.job.fail(ending.thrown)
    const other = local && this.#workAt(local, this.#engine.local, failMain)
    return {
      name,
      works: other === undefined ? [main] : [main, other],
      inputs: this.#inputs(),
      counts: this.#counts(),
      edges: stageEdges(this.#work.plan),
      release: () => this.#engine.stop(),
    }
  }

  #workAt({ dispatcher, callings, caching }: Site, queue: CallQueue, end: (ending: Ending | undefined) => void): Work {
    const source = new GraphSource(this.#engine, queue, {
      filled: () => {
        const others = queue === this.#engine.remote ? this.#engine.local : this.#engine.remote
        // Only if there is something to do: otherwise the two jobs would wake each other forever.
        if (this.#engine.hasDeliveries || others.length > 0 || this.#engine.isOver) this.#flushSoon()
      },
      again: () => setImmediate(() => this.#wake()),
      waits: () => this.#run.window.announce(),
      stopped: (job) => this.#stopped(job),
    })
    this.#sources.push(source)
    const nodes = this.#work.plan.nodes.map(({ settings }) => settings)
    return {
      dispatcher,
      source,
      sinkBefore: (target) => {
        this.#target = target
        return new GraphSink(this.#engine, () => this.#flush(), end)
      },
      functions: new Set([...callings.values()].map(({ fn }) => fn)),
      hasTimeouts: this.#run.settings.timeout !== undefined || nodes.some(({ timeout }) => timeout),
      mediansApart: true,
      bundles: [...callings.values()].some(({ fn }) => fn.bundle !== undefined) ? 'mixed' : undefined,
      cache: caching && { parts: caching, ...keptResults(callings) },
    }
  }

  /** Called when a job starts no more tasks. Calls that waited for it fail, unless the run is over. */
  #stopped(job: SourcePort): void {
    this.#engine.stop()
    if (!job.open) return
    for (const item of [...this.#engine.remote.drain(), ...this.#engine.local.drain()]) {
      this.#engine.handedOut(1)
      this.#engine.failed(item.tag as StageTag, new TaskAbortedError(failureOf(item), 'the run was halted'))
    }
  }

  /** Counts the items of all nodes but sources. */
  #counts(): TaskCounts {
    const count = (key: keyof NodeCounts): number => this.#count(key)
    return {
      get done() {
        return count('done')
      },
      get failed() {
        return count('failed')
      },
      get cached() {
        return count('cached')
      },
    }
  }

  #inputs(): InputCounts {
    const { items, outputs } = this.#work.sizes
    const engine = this.#engine
    const skipped = (): number => this.#count('skipped')
    return {
      outputs,
      get read() {
        return engine.read
      },
      get exhausted() {
        return engine.isRead
      },
      get skipped() {
        return skipped()
      },
      get size() {
        return items === undefined ? undefined : items - skipped()
      },
    }
  }

  #count(key: keyof NodeCounts): number {
    let sum = 0
    for (const [spec, counts] of this.#engine.counts) if (spec.kind !== 'source') sum += counts[key]
    return sum
  }

  /** Hands finished outcomes to the consumer, and wakes the jobs for calls that have become possible. */
  #flush(): void {
    const deliveries = this.#engine.takeDeliveries()
    if (deliveries.length > 0) {
      this.#deliver(deliveries)
      this.#target.flush()
    }
    this.#wake()
  }

  #deliver(deliveries: readonly Delivery[]): void {
    const { window } = this.#run
    const first = this.#delivered
    this.#delivered += deliveries.length
    const chunk: Addressed = {
      index: (at) => deliveries[at]?.index ?? 0,
      sequence: (at) => first + at,
      bytes: (at) => deliveries[at]?.position.bytes ?? 0,
      tag: () => undefined,
    }
    for (let at = 0; at < deliveries.length; at++) {
      const { position, output } = deliveries[at] as Delivery
      this.#work.onItem(output)
      window.enter(position.bytes)
      if (position.error === undefined) this.#target.fulfil(chunk, at, position.value, position.bytes)
      else this.#target.reject(failedItem(chunk.index(at), first + at, position.error), position.error)
    }
  }

  #end(ending: Ending | undefined): void {
    this.#flush()
    this.#target.end(ending)
  }

  #wake(): void {
    for (const { job } of this.#sources) job.wake()
  }

  #flushSoon(): void {
    if (this.#flushesSoon) return
    this.#flushesSoon = true
    queueMicrotask(() => {
      this.#flushesSoon = false
      this.#flush()
    })
  }
}

/** Makes the cache of the nodes whose results are looked up and stored in this process. */
function keptResults(callings: Site['callings']): CachedRun {
  const stageOf = (item: Item): Stage => (item.tag as StageTag).stage
  return {
    // One at a time, so that calls nearest to an output go first.
    group: 1,
    argsOf: ({ input, spread }) => (spread ? (input as readonly unknown[]) : [input]),
    storedOf: (item, result) => stageOf(item).kept?.storedOf(result),
    foundOf: (item, stored) => {
      stageOf(item).found()
      return stageOf(item).kept?.resultOf(stored, item.input)
    },
    begin: (cache) => {
      for (const { fn, kept } of callings.values()) if (kept !== undefined) cache.add(fn, kept)
    },
  }
}

/** Makes the item of a failure, from what its error knows. */
function failedItem(index: number, sequence: number, { input }: TaskError): Item {
  const parts = { index, sequence, input, value: undefined, specials: undefined, bytes: 0, spread: false }
  return new Item({ ...parts, transfer: undefined, fn: NO_FUNCTION, policy: DEFAULT_POLICY })
}

/** Stands for the function of a call that is over. */
const NO_FUNCTION = {} as PreparedFunction
