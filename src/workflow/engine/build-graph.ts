import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { Window } from '../../run/source/window.ts'
import type { NodeSpec } from '../define/node-spec.ts'
import type { GraphPlan, InputPlan, StagePlan } from '../graph/graph-plan.ts'
import type { NodeCounts } from '../graph/item-counts.ts'
import { CallQueue } from './call-queue.ts'
import { itemCopier } from './encode-call.ts'
import { Exit } from './operators/exit.ts'
import { Gather, GroupBy } from './operators/gather.ts'
import { Join } from './operators/join.ts'
import { Source } from './operators/source.ts'
import { type Calling, Stage } from './operators/stage.ts'
import { Zip } from './operators/zip.ts'
import type { Position } from './position.ts'
import type { Stream } from './stream.ts'

export interface EngineOptions {
  readonly callings: ReadonlyMap<StagePlan, Calling>
  /** Opens the items of a source. */
  readonly open: (spec: NodeSpec) => Iterable<unknown> | AsyncIterable<unknown>
  readonly ordered: boolean
  /** Items that are remembered here are copied. */
  readonly copy: boolean
  readonly windowItems: number
  readonly windowBytes: number
  readonly newWindow: () => Window
  readonly deliver: (position: Position, output: number, index: number) => void
  readonly arrived: () => void
  readonly fail: (thrown: unknown) => void
}

/** The parts of a running graph, connected. */
export interface Graph {
  readonly sources: readonly Source[]
  readonly joins: readonly Join[]
  /** The stages that call each function. */
  readonly stages: ReadonlyMap<PreparedFunction, Stage>
  readonly remote: CallQueue
  readonly local: CallQueue
  readonly counts: ReadonlyMap<NodeSpec, NodeCounts>
}

/** Makes the parts of a graph and connects them. */
export function buildGraph(plan: GraphPlan, options: EngineOptions): Graph {
  return new Builder(plan, options).build()
}

class Builder {
  readonly #plan: GraphPlan
  readonly #options: EngineOptions
  readonly #sources: Source[] = []
  readonly #joins: Join[] = []
  readonly #stages = new Map<PreparedFunction, Stage>()
  readonly #remote = new CallQueue()
  readonly #local = new CallQueue()
  readonly #counts: ReadonlyMap<NodeSpec, NodeCounts>
  readonly #streams = new Map<NodeSpec, Stream>()
  readonly #all: Stream[] = []

  constructor(plan: GraphPlan, options: EngineOptions) {
    this.#plan = plan
    this.#options = options
    this.#counts = new Map(plan.nodes.map((spec) => [spec, { done: 0, failed: 0, cached: 0, skipped: 0 }]))
  }

  build(): Graph {
    const { nodes, stages, outputs } = this.#plan
    for (const spec of nodes) if (spec.kind === 'source') this.#addSource(spec)
    for (const { plan, input } of stages) {
      const calling = this.#options.callings.get(plan) as Calling
      const stage = new Stage(plan, this.#inputOf(plan, input), {
        calling,
        queue: plan.local ? this.#local : this.#remote,
        counts: plan.specs.map((spec) => this.#counts.get(spec) as NodeCounts),
      })
      this.#stages.set(calling.fn, stage)
      this.#streams.set(plan.specs.at(-1) as NodeSpec, this.#kept(stage.output))
    }
    const { ordered, deliver } = this.#options
    outputs.forEach((spec, output) => {
      const stream = this.#streamOf(spec)
      stream.connect(new Exit(stream, ordered, (position, index) => deliver(position, output, index)))
    })
    // Ports that remember items have the head by now; held here, it would keep all items alive.
    for (const stream of this.#all) stream.head = undefined
    return {
      sources: this.#sources,
      joins: this.#joins,
      stages: this.#stages,
      remote: this.#remote,
      local: this.#local,
      counts: this.#counts,
    }
  }

  #kept(stream: Stream): Stream {
    this.#all.push(stream)
    return stream
  }

  #streamOf(spec: NodeSpec): Stream {
    return this.#streams.get(spec) as Stream
  }

  #addSource(spec: NodeSpec): void {
    const { open, newWindow, arrived, fail, copy } = this.#options
    // Items that are only sent to calls are copied there.
    const isOnlySent = this.#plan.stages.every(({ input }) => input.kind === 'single' || !input.from.includes(spec))
    const source = new Source(() => open(spec), newWindow(), {
      isList: Array.isArray(spec.items),
      events: { arrived, failed: fail },
      counts: this.#counts.get(spec) as NodeCounts,
      copy: copy && !isOnlySent ? itemCopier(this.#nameOf(spec)) : undefined,
    })
    this.#sources.push(source)
    this.#streams.set(spec, this.#kept(source.output))
  }

  #nameOf(spec: NodeSpec): string {
    return this.#plan.names.get(spec) as string
  }

  #inputOf(plan: StagePlan, { kind, from, skips }: InputPlan): Stream {
    const streams = from.map((spec) => this.#streamOf(spec))
    switch (kind) {
      case 'single':
        return streams[0] as Stream
      case 'once':
        return this.#once()
      case 'zip':
        return this.#kept(new Zip(streams, (lengths) => this.#refuse(plan, from, lengths)).output)
      case 'join':
        return this.#join(streams)
      case 'gather':
        return this.#kept(new Gather(streams, skips).output)
      case 'groupBy':
        return this.#kept(new GroupBy(streams[0] as Stream, skips).output)
    }
  }

  #join(streams: readonly Stream[]): Stream {
    const [first, ...others] = streams as [Stream, ...Stream[]]
    return others.reduce((outer, inner, i) => {
      const join = new Join(outer, inner, i > 0, this.#options.newWindow())
      this.#joins.push(join)
      return this.#kept(join.output)
    }, first)
  }

  /** One call without items. */
  #once(): Stream {
    const { newWindow, arrived, fail } = this.#options
    const parts = {
      isList: true,
      events: { arrived, failed: fail },
      counts: { done: 0, failed: 0, cached: 0, skipped: 0 },
      copy: undefined,
    }
    const source = new Source(() => [[]], newWindow(), parts)
    this.#sources.push(source)
    return this.#kept(source.output)
  }

  #refuse(plan: StagePlan, from: readonly NodeSpec[], lengths: readonly (number | undefined)[]): void {
    const known = Math.max(...lengths.filter((one) => one !== undefined))
    const said = from.map((spec, i) => {
      const count = lengths[i] === undefined ? `more than ${known}` : String(lengths[i])
      return `${this.#nameOf(spec)} has ${count}`
    })
    const name = plan.steps[0]?.name ?? plan.name
    const expected = 'streams of equal length or of one item, or join() for all combinations'
    this.#options.fail(new InvalidArgumentError(name, expected, said.join(', ')))
  }
}
