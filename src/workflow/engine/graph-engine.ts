import type { TaskError } from '../../errors/task-errors.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { Ending } from '../../pool/jobs/ports.ts'
import { Window } from '../../run/source/window.ts'
import { Fifo } from '../../util/fifo.ts'
import type { NodeSpec } from '../define/node-spec.ts'
import type { GraphPlan } from '../graph/graph-plan.ts'
import type { NodeCounts } from '../graph/item-counts.ts'
import { type EngineOptions, buildGraph, type Graph } from './build-graph.ts'
import type { CallQueue } from './call-queue.ts'
import type { StageTag } from './operators/stage.ts'
import type { Position } from './position.ts'

/** An item that can be handed out. */
export interface Delivery {
  readonly position: Position
  /** The number of the output that it belongs to. */
  readonly output: number
  /** Its position there. */
  readonly index: number
}

export interface EngineEvents {
  /** Called when there may be calls to make, or items to hand out, without a request. */
  stirred(): void
  /** Returns the number of items that were handed out and not taken. */
  untaken(): number
}

/** The state of a running graph: the items that there are, the calls that can be made, and the sources to read next. */
export class GraphEngine {
  /** The error of reading a source, or the reason why the run cannot go on. */
  error: Ending | undefined
  readonly counts: ReadonlyMap<NodeSpec, NodeCounts>
  readonly #graph: Graph
  readonly #events: EngineEvents
  #deliveries: Delivery[] = []
  /** Items that were handed out and, as far as is known, not taken. */
  readonly #untaken: Fifo<Position> = new Fifo()
  /** Entries that jobs have. */
  #handedOut = 0
  #isStopped = false
  /** True once the rest waits for items that will never come. */
  #isStuck = false

  constructor(plan: GraphPlan, options: Omit<EngineOptions, keyof GraphEngineParts>, events: EngineEvents) {
    this.#events = events
    this.#graph = buildGraph(plan, {
      ...options,
      newWindow: () => new Window(options.windowItems, options.windowBytes, () => {}),
      deliver: (position, output, index) => this.#deliveries.push({ position, output, index }),
      arrived: () => events.stirred(),
      fail: (thrown) => this.#fail(thrown),
    })
    this.counts = this.#graph.counts
  }

  /** Calls for workers, and those for this process. */
  get remote(): CallQueue {
    return this.#graph.remote
  }

  get local(): CallQueue {
    return this.#graph.local
  }

  /** Items read from sources. */
  get read(): number {
    return this.#graph.sources.reduce((sum, source) => sum + source.read, 0)
  }

  /** All sources are at their end. */
  get isRead(): boolean {
    return this.#graph.sources.every((source) => source.isEnded)
  }

  /** Nothing will come that is not known already. */
  get isExhausted(): boolean {
    return this.#isStopped || (this.isRead && (this.#isStuck || this.#graph.joins.every((one) => one.isIdle)))
  }

  /** Nothing waits, nothing runs, nothing will come. */
  get isOver(): boolean {
    return this.isExhausted && this.#handedOut === 0 && this.remote.length === 0 && this.local.length === 0
  }

  /** Items to be handed out, in their order. */
  takeDeliveries(): Delivery[] {
    const deliveries = this.#deliveries
    this.#deliveries = []
    for (const { position } of deliveries) this.#untaken.push(position)
    return deliveries
  }

  get hasDeliveries(): boolean {
    return this.#deliveries.length > 0
  }

  handedOut(entries: number): void {
    this.#handedOut += entries
  }

  completed({ stage, out }: StageTag, value: unknown, bytes: number): void {
    this.#handedOut--
    stage.completed(out, value, bytes)
  }

  failed({ stage, out }: StageTag, error: TaskError): void {
    this.#handedOut--
    stage.failed(out, error)
  }

  /** Reads, or combines, so that there are more calls; at most about `max`. Returns whether anything came of it. */
  refill(max: number): boolean {
    if (this.#isStopped) return false
    this.#releaseTaken()
    const before = this.#activity()
    for (const join of this.#graph.joins) join.advance()
    for (const source of this.#graph.sources) source.pull(max)
    return this.#activity() !== before || this.#growIfStuck()
  }

  /**
   * Returns true if no more calls of a function come before some of the calls that jobs have, of which `held` have not been
   * sent, have their outcome.
   */
  isDry(fn: PreparedFunction, held: number): boolean {
    const { sources, stages, remote, local } = this.#graph
    if (this.#isStopped || stages.get(fn)?.isComplete === true) return true
    if (this.#handedOut > held || remote.length > 0 || local.length > 0) return false
    return this.#events.untaken() === 0 && !this.hasDeliveries && !sources.some((one) => one.isBusy)
  }

  /** Begins nothing more: waiting calls are dropped, or fail if their outcome is still wanted. */
  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    for (const source of this.#graph.sources) source.stop()
    for (const join of this.#graph.joins) join.stop()
  }

  /** Finishes the items that were read, together with arrays; reads nothing else. */
  #fail(thrown: unknown): void {
    this.error ??= { thrown }
    for (const source of this.#graph.sources) if (!source.isList) source.stop()
    this.#events.stirred()
  }

  /** Frees the room of items that consumers have taken. */
  #releaseTaken(): void {
    const taken = this.#untaken.length - this.#events.untaken()
    for (let i = 0; i < taken; i++) this.#untaken.shift()?.root?.release()
  }

  #activity(): number {
    const { joins, remote, local } = this.#graph
    return this.read + joins.reduce((sum, join) => sum + join.made, 0) + remote.pushed + local.pushed
  }

  /**
   * Grows windows if every item in them waits for one that is outside. Those of joins go first, since what they wait for
   * has been read: later rows that came first can fill the window of a join. Sources read more only if no join is in the
   * way, as when a stream is joined with its own mean.
   */
  #growIfStuck(): boolean {
    const { sources, joins, remote, local } = this.#graph
    const isWorking = this.#handedOut > 0 || remote.length > 0 || local.length > 0
    if (isWorking || this.#events.untaken() > 0 || this.hasDeliveries || sources.some((one) => one.isBusy)) return false
    for (const readers of [joins, sources]) {
      const blocked = readers.filter(({ window }) => window.isBlocked)
      for (const { window } of blocked) window.grow()
      if (blocked.length > 0) return true
    }
    this.#isStuck = this.error !== undefined
    return false
  }
}

/** The options that the engine sets itself. */
type GraphEngineParts = Pick<EngineOptions, 'newWindow' | 'deliver' | 'arrived' | 'fail'>
