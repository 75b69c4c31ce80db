import { cutText } from '../format/visible-text.ts'
import type { LaneView } from '../view.ts'
import type { TimeBins } from './time-bins.ts'

/** Lanes of their own; what comes after shares one. */
const MOST_LANES = 128
/** Numbers of all lanes and steps together, so that a view stays small. */
const MOST_CELLS = 2 ** 17
/** A full bin. */
const FULL = 250

export interface Lane {
  readonly slot: number
  host: string | undefined
  readonly slots: Set<number>
  tasks: number
  failed: number
  busy: number
  deaths: number
  peak: number
  readonly work: readonly Float32Array[]
}

/** What the workers of each slot did, and when. */
export class Lanes {
  readonly #bins: TimeBins
  readonly #steps: number
  readonly #lanes: Lane[] = []
  readonly #numbers = new Map<number, number>()

  /** `steps`: the steps of a task, or 1. */
  constructor(bins: TimeBins, steps: number) {
    this.#bins = bins
    this.#steps = steps
  }

  get size(): number {
    return this.#lanes.length
  }

  at(number: number): Lane {
    return this.#lanes[number] as Lane
  }

  /** Returns the number of the lane of a slot, which is made if it is new. */
  numberOf(slot: number, host: unknown): number {
    const known = this.#numbers.get(slot)
    if (known !== undefined) {
      // Memory may be told of before the host is.
      this.at(known).host ??= hostName(host)
      return known
    }
    if (this.#lanes.length >= MOST_LANES) {
      const last = this.#lanes[MOST_LANES - 1] as Lane
      // A log may name any number of them.
      if (last.slots.size < 100_000) last.slots.add(slot)
      return MOST_LANES - 1
    }
    const work = Array.from({ length: this.#steps }, () => this.#bins.series())
    this.#lanes.push({
      slot,
      host: hostName(host),
      slots: new Set([slot]),
      tasks: 0,
      failed: 0,
      busy: 0,
      deaths: 0,
      peak: 0,
      work,
    })
    this.#numbers.set(slot, this.#lanes.length - 1)
    return this.#lanes.length - 1
  }

  /** The numbers of the lanes in the order in which they are shown. */
  order(): number[] {
    return this.#lanes.map((_, number) => number).toSorted((a, b) => this.at(a).slot - this.at(b).slot)
  }

  /** Shows the lanes, and how wide their bins are. `used`: the number of bins in use. */
  view(used: number, concurrency: number): { laneMs: number; lanes: LaneView[] } {
    let join = 1
    while ((used / join) * this.#lanes.length * this.#steps > MOST_CELLS) join *= 2
    const laneMs = this.#bins.ms * join
    const lanes = this.order().map((number) => {
      const { slots, work, ...lane } = this.at(number)
      const scale = FULL / laneMs / slots.size / concurrency
      return { ...lane, of: slots.size, work: work.map((series) => joined(series.subarray(0, used), join, scale)) }
    })
    return { laneMs, lanes }
  }
}

/** A log may hold anything in its place. */
function hostName(host: unknown): string | undefined {
  return typeof host === 'string' ? cutText(host, 200) : undefined
}

function joined(series: Float32Array, join: number, scale: number): number[] {
  return Array.from({ length: Math.ceil(series.length / join) }, (_, bin) => {
    let sum = 0
    for (let i = bin * join; i < (bin + 1) * join; i++) sum += series[i] ?? 0
    return Math.min(FULL, Math.round(sum * scale))
  })
}
