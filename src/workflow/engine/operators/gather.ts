import type { TaskError } from '../../../errors/task-errors.ts'
import { Root, Position } from '../position.ts'
import { Stream, following, type Port } from '../stream.ts'

/** Remembers all items of a stream, until it is complete. */
export class Collector implements Port {
  /** The first failure. */
  failure: TaskError | undefined
  readonly #stream: Stream
  readonly #head: Position
  readonly #changed: () => void
  #missing = 0

  /** Calls `changed` when the stream is complete, and at the first failure. */
  constructor(stream: Stream, changed: () => void) {
    this.#stream = stream
    this.#head = stream.head as Position
    this.#changed = changed
    stream.connect(this)
  }

  /** All items are there. */
  get isComplete(): boolean {
    return this.#stream.isClosed && this.#missing === 0
  }

  /** Those that did not fail, in their order. */
  values(): { values: unknown[]; bytes: number } {
    const values: unknown[] = []
    let bytes = 0
    for (let position = following(this.#head); position !== undefined; position = following(position)) {
      if (position.state !== 'done') continue
      values.push(position.value)
      bytes += position.bytes
    }
    return { values, bytes }
  }

  ends(): number {
    return 1
  }

  added(position: Position): void {
    this.#missing++
    if (position.isSettled) this.settled(position)
  }

  split(_: Position, into: readonly Position[]): void {
    this.#missing += into.length - 1
    for (const one of into) if (one.isSettled) this.settled(one)
    if (this.isComplete) this.#changed()
  }

  settled(position: Position): void {
    this.#missing--
    // It is remembered here: no window upstream needs to wait for it.
    position.root?.release()
    position.root = undefined
    const isFirst = this.failure === undefined && position.state === 'failed'
    if (isFirst) this.failure = position.error
    if (isFirst || this.isComplete) this.#changed()
  }

  closed(): void {
    if (this.isComplete) this.#changed()
  }
}

/** Makes one item of all items of one or several streams: a list of lists. */
export class Gather {
  readonly output: Stream = new Stream()
  readonly #collectors: readonly Collector[]
  readonly #skips: boolean
  #out: Position | undefined

  /** `skips`: items that failed are left out. */
  constructor(streams: readonly Stream[], skips: boolean) {
    this.#skips = skips
    this.#collectors = streams.map((stream) => new Collector(stream, () => this.#changed()))
  }

  #changed(): void {
    if (this.#out?.isSettled === true) return
    const failure = this.#skips ? undefined : this.#collectors.find((one) => one.failure !== undefined)?.failure
    if (failure !== undefined) this.output.fail(this.#newPosition(), failure)
    else if (this.#collectors.every((one) => one.isComplete)) {
      const lists = this.#collectors.map((one) => one.values())
      const bytes = lists.reduce((sum, list) => sum + list.bytes, 0)
      this.output.settle(
        this.#newPosition(),
        lists.map(({ values }) => values),
        bytes,
      )
    } else return
    this.output.close()
  }

  #newPosition(): Position {
    this.#out = new Position(0, 'known', new Root(this.output.ends))
    this.output.add(this.#out)
    return this.#out
  }
}

/**
 * Groups the items of a stream by their keys, in the order in which each key came first. Items are pairs of key and item.
 *
 * An item that failed may have belonged to any group: unless such items are left out, all groups fail with it.
 */
export class GroupBy {
  readonly output: Stream = new Stream()
  readonly #collector: Collector
  readonly #skips: boolean
  #count = 0

  constructor(stream: Stream, skips: boolean) {
    this.#skips = skips
    this.#collector = new Collector(stream, () => this.#changed())
  }

  #changed(): void {
    if (!this.#collector.isComplete || this.output.isClosed) return
    const { values, bytes } = this.#collector.values()
    const groups = new Map<unknown, unknown[]>()
    for (const [key, item] of values as (readonly [unknown, unknown])[]) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [item])
      else group.push(item)
    }
    const { failure } = this.#collector
    if (failure !== undefined && !this.#skips) this.#failAll(groups.size, failure)
    else for (const group of groups) this.#add((position) => position.settle(group, bytes / groups.size))
    this.output.close()
  }

  #failAll(groups: number, error: TaskError): void {
    for (let i = 0; i < Math.max(1, groups); i++) this.#add((position) => position.fail(error))
  }

  #add(fill: (position: Position) => Position): void {
    this.output.add(fill(new Position(this.#count++, 'done', new Root(this.output.ends))))
  }
}
