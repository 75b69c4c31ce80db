import type { MemoryView } from '../view.ts'

/** When there are so many samples, every second one goes. */
const MOST = 600
/** Numbers of all lanes together. */
const MOST_CELLS = 40_000

interface MemorySample {
  readonly at: number
  readonly rss: number
  readonly lanes: ReadonlyMap<number, number>
}

/** Memory over time. */
export class MemorySamples {
  #samples: MemorySample[] = []
  /** Of so many samples that come one is kept. */
  #each = 1
  #seen = 0

  /** `lanes`: bytes by the number of the lane. */
  add(at: number, rss: number, lanes: ReadonlyMap<number, number>): void {
    if (this.#seen++ % this.#each > 0) return
    this.#samples.push({ at, rss, lanes })
    if (this.#samples.length < MOST) return
    this.#samples = this.#samples.filter((_, i) => i % 2 === 0)
    this.#each *= 2
  }

  /** `order`: the numbers of the lanes as they are shown. */
  view(order: readonly number[]): MemoryView {
    const step = Math.ceil((this.#samples.length * order.length) / MOST_CELLS) || 1
    const samples = this.#samples.filter((_, i) => i % step === 0)
    return {
      at: samples.map(({ at }) => Math.round(at)),
      rss: samples.map(({ rss }) => rss),
      lanes: order.map((lane) => samples.map(({ lanes }) => lanes.get(lane) ?? 0)),
    }
  }
}
