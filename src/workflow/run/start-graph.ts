import { InvalidStateError } from '../../errors/argument-errors.ts'
import { TaskAbortedError, type TaskError } from '../../errors/task-errors.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import { Item } from '../../pool/jobs/item.ts'
import { Job } from '../../pool/jobs/job.ts'
import type { Addressed, Ending, Sink } from '../../pool/jobs/ports.ts'
import { failureOf } from '../../pool/outcomes/task-failure.ts'
import type { Dispatcher } from '../../pool/scheduling/dispatcher.ts'
import { haltJob } from '../../pool/scheduling/halt.ts'
import type { CachedRun } from '../../run/cache/run-caching.ts'
import { defaultDispatcher } from '../../run/hosts/default-host.ts'
import { fallsBack } from '../../run/hosts/fallback.ts'
import type { RunHost } from '../../run/hosts/run-host.ts'
import { jobOptionsOf } from '../../run/job-options-of.ts'
import { HaltingSink } from '../../run/outcomes/halting-sink.ts'
import type { Run } from '../../run/run.ts'
import type { RunningJob, StartedRun } from '../../run/started-run.ts'
import { DEFAULT_POLICY } from '../../task/failure-policy.ts'
import type { NodeSpec } from '../define/node-spec.ts'
import type { CallQueue } from '../engine/call-queue.ts'
import { type Delivery, GraphEngine } from '../engine/graph-engine.ts'
import { GraphSink } from '../engine/graph-sink.ts'
import { GraphSupply } from '../engine/graph-supply.ts'
import type { Calling, Stage, StageTag } from '../engine/operators/stage.ts'
import type { GraphPlan, StagePlan } from '../graph/graph-plan.ts'
import type { NodeCounts } from '../graph/item-counts.ts'

/** Where some of a graph's calls are made. */
export interface Place {
  readonly dispatcher: Dispatcher
  readonly callings: ReadonlyMap<StagePlan, Calling>
  /** Some results are looked up and stored here. */
  readonly caching: typeof import('../../run/cache/run-caching.ts') | undefined
}

/** What a graph is run with. */
export interface GraphWork {
  readonly name: string
  readonly plan: GraphPlan
  readonly remote: Place
  /** This process, where some nodes say so. */
  readonly local: Place | undefined
  /** How many items there will be in all nodes but sources, and how many will be handed out, where that is known. */
  readonly sizes: { readonly items: number | undefined; readonly outputs: number | undefined }
  readonly open: (spec: NodeSpec) => Iterable<unknown> | AsyncIterable<unknown>
  /** Told of each item in the order in which they are handed out: of which output it is. */
  readonly onItem: (output: number) => void
  /** Told once of what will count each node's items. */
  readonly onCounts: (counts: ReadonlyMap<NodeSpec, NodeCounts>) => void
}

const MAX_BYTES = 64 * 1024 * 1024

/** Puts a graph's calls to a dispatcher: all of a run are one job, so that it uses its workers once. */
export function startGraph(run: Run, host: RunHost, work: GraphWork): StartedRun {
  // Nobody sees this: the run has had its end.
  if (run.isEnded) throw new InvalidStateError('the run ended before it began')
  return new GraphRun(run, host, work).start()
}

/** A job that makes some of the graph's calls, and who runs it. */
interface Placed {
  readonly job: Job
  dispatcher: Dispatcher
}

class GraphRun {
  readonly #run: Run
  readonly #host: RunHost
  readonly #work: GraphWork
  readonly #engine: GraphEngine
  readonly #placed: Placed[] = []
  readonly #target: Sink
  #wakes = false
  /** Items that were handed out. */
  #delivered = 0

  constructor(run: Run, host: RunHost, work: GraphWork) {
    const { settings } = run
    this.#run = run
    this.#host = host
    this.#work = work
    const options = {
      callings: new Map([...work.remote.callings, ...(work.local?.callings ?? [])]),
      open: work.open,
      ordered: settings.ordered ?? true,
      copy: settings.copy !== false,
      windowItems: run.window.maxItems,
      windowBytes: settings.window === undefined ? MAX_BYTES : Infinity,
    }
    this.#engine = new GraphEngine(work.plan, options, {
      stirred: () => this.#flushSoon(),
      untaken: () => run.reorderBuffer.waiting,
    })
    work.onCounts(this.#engine.counts)
    const { halt } = settings
    const halted = (why: string): void => run.halt(halt?.mode ?? 'now', why, 'halt')
    this.#target =
      halt === undefined
        ? run.reorderBuffer
        : new HaltingSink(halt, run.reorderBuffer, () => work.sizes.outputs, halted)
  }

  start(): StartedRun {
    const { remote, local } = this.#work
    const main = this.#place(remote, this.#engine.remote, (ending) => this.#end(ending))
    if (local !== undefined) this.#place(local, this.#engine.local, (ending) => ending && main.job.fail(ending.thrown))
    for (const { job, dispatcher } of this.#placed) dispatcher.add(job)
    const { backend } = main.dispatcher.options
    return {
      job: this.#seen(main.job),
      read: () => this.#engine.read,
      total: () => this.#total(),
      isRead: () => this.#engine.isRead,
      workers: `${Math.min(main.job.options.maxWorkers, main.dispatcher.workerSet.size)} ${backend.name}`,
      halt: (mode, why) => this.#placed.forEach(({ job, dispatcher }) => haltJob(dispatcher, job, mode, why)),
      release: (reason) => {
        this.#engine.stop()
        for (const { job, dispatcher } of this.#placed) {
          const own = [...job.functions].filter((fn) => !fn.lasting)
          dispatcher.remove(job, own, reason)
        }
      },
    }
  }

  #place(
    { dispatcher, callings, caching }: Place,
    queue: CallQueue,
    end: (ending: Ending | undefined) => void,
  ): Placed {
    const { name, plan } = this.#work
    const source = new GraphSupply(this.#engine, queue, {
      filled: () => {
        const others = queue === this.#engine.remote ? this.#engine.local : this.#engine.remote
        // Not for nothing: to look for more work in turn would leave no time for anything else.
        if (this.#engine.hasDeliveries || others.length > 0 || this.#engine.isOver) this.#flushSoon()
      },
      again: () => setImmediate(() => this.#wake()),
      waits: () => this.#run.window.announce(),
      stopped: () => this.#stopped(placed.job),
    })
    const rules = jobOptionsOf(this.#run, this.#host, {
      name,
      // Nodes may have limits of their own.
      hasTimeouts: this.#run.settings.timeout !== undefined || plan.nodes.some(({ settings }) => settings.timeout),
      perWorker: undefined,
      rescue: (error) => this.#rescue(placed, error),
      fail: (thrown) => placed.job.fail(thrown),
    })
    const options = { ...rules, mediansApart: true }
    const sink = new GraphSink(this.#engine, () => this.#flush(), end)
    const cached = caching && caching.cacheRun(this.#run, source, sink, keptResults(callings))
    const job = new Job(options, cached?.source ?? source, cached?.sink ?? sink)
    for (const { fn } of callings.values()) job.functions.add(fn)
    const placed: Placed = { job, dispatcher }
    this.#placed.push(placed)
    return placed
  }

  /** Goes on in this thread where the run allows it. */
  #rescue(placed: Placed, error: unknown): boolean {
    const { dispatcher, job } = placed
    if (dispatcher.options.backend.name === 'serial' || !fallsBack(this.#run.settings, error)) return false
    dispatcher.detach(job)
    void defaultDispatcher({ backend: 'serial' }, 1).then((serial) => (placed.dispatcher = serial).add(job))
    return true
  }

  /** A job starts nothing more. What waited for it fails, where the run goes on to its end. */
  #stopped(job: Job): void {
    this.#engine.stop()
    if (!job.open) return
    for (const item of [...this.#engine.remote.drain(), ...this.#engine.local.drain()]) {
      this.#engine.handedOut(1)
      this.#engine.failed(item.tag as StageTag, new TaskAbortedError(failureOf(item), 'the run was halted'))
    }
  }

  /** What the run sees of its job: the items of all nodes. */
  #seen(main: Job): RunningJob {
    const placed = this.#placed
    const sum = (key: 'retried' | 'inFlight'): number => placed.reduce((all, { job }) => all + job[key], 0)
    const count = (key: keyof NodeCounts): number => this.#count(key)
    return {
      options: main.options,
      functions: main.functions,
      get done() {
        return count('done')
      },
      get failed() {
        return count('failed')
      },
      get cached() {
        return count('cached')
      },
      get retried() {
        return sum('retried')
      },
      get inFlight() {
        return sum('inFlight')
      },
      wake: () => this.#wake(),
    }
  }

  #count(key: keyof NodeCounts): number {
    let sum = 0
    for (const [spec, counts] of this.#engine.counts) if (spec.kind !== 'source') sum += counts[key]
    return sum
  }

  #total(): number | undefined {
    const { items } = this.#work.sizes
    return this.#run.settings.total ?? (items === undefined ? undefined : items - this.#count('skipped'))
  }

  /** Hands out what can be, and looks for what can be begun. */
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
      bytes: (at) => deliveries[at]?.slot.bytes ?? 0,
      tag: () => undefined,
    }
    for (let at = 0; at < deliveries.length; at++) {
      const { slot, output } = deliveries[at] as Delivery
      this.#work.onItem(output)
      window.enter(slot.bytes)
      if (slot.error === undefined) this.#target.fulfil(chunk, at, slot.value, slot.bytes)
      else this.#target.reject(failedEntry(chunk.index(at), first + at, slot.error), slot.error)
    }
  }

  #end(ending: Ending | undefined): void {
    this.#flush()
    this.#target.end(ending)
  }

  #wake(): void {
    for (const { job } of this.#placed) job.wake()
  }

  #flushSoon(): void {
    if (this.#wakes) return
    this.#wakes = true
    queueMicrotask(() => {
      this.#wakes = false
      this.#flush()
    })
  }
}

/** The results of those nodes that are looked up and stored here. */
function keptResults(callings: Place['callings']): CachedRun {
  const stageOf = (item: Item): Stage => (item.tag as StageTag).stage
  return {
    // What is nearest to the end shall go first.
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

/** What the run keeps of an item that failed: its error tells the rest. */
function failedEntry(index: number, sequence: number, { input }: TaskError): Item {
  const parts = { index, sequence, input, value: undefined, specials: undefined, bytes: 0, spread: false }
  return new Item({ ...parts, transfer: undefined, fn: NOBODY, policy: DEFAULT_POLICY })
}

/** The call has been made. */
const NOBODY = {} as PreparedFunction
