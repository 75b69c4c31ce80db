import { MAX_STRETCH } from './worker/messages.ts'

/** A call should take this long at least, in milliseconds. */
const MIN_MS = 8
/** And at most this long: the last calls decide when all workers are ready. */
const MAX_MS = 1_000
/**
 * A call should take this many times as long as its accumulator takes to be packed. To unpack it elsewhere and to combine it
 * takes several times as long as to pack it, so the whole is about 5 % of the work.
 */
const TIMES_PACKING = 100
/** And never less than this, also near the end: workers that finish together gain less than another accumulator costs. */
const LEAST_TIMES_PACKING = 20

export interface SizerOptions {
  /** The inputs of an accumulator, if that is fixed. */
  readonly grain: number | undefined
  /** The inputs of a call, if that is fixed. */
  readonly fixed: number | undefined
  /** The most inputs of a call. */
  readonly most: number
  readonly workers: number
}

/**
 * Chooses how many inputs a call adds: few at first, then as many as take 8 ms, more if accumulators are large. Near the
 * end calls become smaller, so that workers finish together.
 */
export class StretchSizer {
  readonly #options: SizerOptions
  #size: number
  #msPerInput = 0
  #packMs = 0
  #isGrowing: boolean

  constructor(options: SizerOptions) {
    this.#options = options
    this.#size = options.fixed ?? options.grain ?? 1
    this.#isGrowing = options.fixed === undefined
  }

  /** Average milliseconds of an input; 0 if that is not known yet. */
  get msPerInput(): number {
    return this.#msPerInput
  }

  /** True until calls are as large as they should be. */
  get isGrowing(): boolean {
    return this.#isGrowing
  }

  /** The leaves of the stretch that begins with a leaf, and its inputs. With a grain the leaves are a power of two. */
  next(leaf: number, remaining: number | undefined): { leaves: number; inputs: number } {
    const { grain, fixed } = this.#options
    if (grain === undefined) return { leaves: 1, inputs: fixed ?? this.#guided(remaining) }
    const wanted = Math.floor(Math.min(this.#guided(remaining), MAX_STRETCH) / grain)
    let leaves = 1
    // The stretch must be a whole subtree: it begins at a multiple of its leaves.
    while (leaves * 2 <= wanted && leaf % (leaves * 2) === 0) leaves *= 2
    return { leaves, inputs: leaves * grain }
  }

  /** Learns from a call that added `inputs` in `ms` milliseconds, of which `packMs` were for its accumulator. */
  observe(inputs: number, ms: number, packMs: number): void {
    if (inputs === 0) return
    const perInput = Math.max(1e-6, (ms - packMs) / inputs)
    this.#msPerInput = this.#msPerInput === 0 ? perInput : this.#msPerInput * 0.7 + perInput * 0.3
    // Accumulators grow with their inputs: one that is large tells more than those before it.
    this.#packMs = Math.max(packMs, this.#packMs * 0.7 + packMs * 0.3)
    const target = Math.min(MAX_MS, Math.max(MIN_MS, this.#packMs * TIMES_PACKING))
    const limit = Math.min(this.#options.most, Math.floor(target / this.#msPerInput))
    const most = Math.max(this.#size, inputs * 4)
    this.#isGrowing &&= most < limit
    this.#size = Math.max(1, this.#options.grain ?? 1, Math.min(limit, most))
  }

  #guided(remaining: number | undefined): number {
    const { workers } = this.#options
    if (remaining === undefined || workers === Infinity) return this.#size
    const least = this.#msPerInput === 0 ? 1 : (this.#packMs * LEAST_TIMES_PACKING) / this.#msPerInput
    return Math.max(1, Math.floor(Math.min(this.#size, Math.max(least, remaining / (workers * 2)))))
  }
}
