import type { TaskError } from '../../errors/task-errors.ts'
import { Collector } from './collector.ts'
import { Root } from './root.ts'
import { Slot } from './slot.ts'
import { Stream } from './stream.ts'

/**
 * The items of a stream by their keys, in the order in which each key came first. They come with their keys, as pairs.
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
    else for (const group of groups) this.#add((slot) => slot.settle(group, bytes / groups.size))
    this.output.close()
  }

  #failAll(groups: number, error: TaskError): void {
    for (let i = 0; i < Math.max(1, groups); i++) this.#add((slot) => slot.fail(error))
  }

  #add(fill: (slot: Slot) => Slot): void {
    this.output.add(fill(new Slot(this.#count++, 'done', new Root(this.output.ends))))
  }
}
