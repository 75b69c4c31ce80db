import { Collector } from './collector.ts'
import { Root } from './root.ts'
import { Slot } from './slot.ts'
import { Stream } from './stream.ts'

/** All items of a stream, or of several, as one item: the list of these lists. */
export class Gather {
  readonly output: Stream = new Stream()
  readonly #collectors: readonly Collector[]
  readonly #skips: boolean
  #out: Slot | undefined

  /** `skips`: items that failed are left out. */
  constructor(streams: readonly Stream[], skips: boolean) {
    this.#skips = skips
    this.#collectors = streams.map((stream) => new Collector(stream, () => this.#changed()))
  }

  #changed(): void {
    if (this.#out?.isSettled === true) return
    const failure = this.#skips ? undefined : this.#collectors.find((one) => one.failure !== undefined)?.failure
    if (failure !== undefined) this.output.fail(this.#place(), failure)
    else if (this.#collectors.every((one) => one.isComplete)) {
      const lists = this.#collectors.map((one) => one.values())
      const bytes = lists.reduce((sum, list) => sum + list.bytes, 0)
      this.output.settle(
        this.#place(),
        lists.map(({ values }) => values),
        bytes,
      )
    } else return
    this.output.close()
  }

  #place(): Slot {
    this.#out = new Slot(0, 'known', new Root(this.output.ends))
    this.output.add(this.#out)
    return this.#out
  }
}
