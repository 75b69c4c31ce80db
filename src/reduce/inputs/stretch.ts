import type { TaskError } from '../../errors/task-errors.ts'
import { type AddCall, MAX_BLOCKS, type Packed, type SentInputs, type Watch } from '../worker/messages.ts'
import { StretchDeaths } from './stretch-deaths.ts'

/** The place of an accumulator in the tree: a node at this level has 2 ** level leaves below it. */
export interface Place {
  readonly level: number
  readonly position: number
}

/** Neighbouring inputs that one call adds. The host keeps them until their accumulator is here: a worker may die. */
export class Stretch {
  readonly place: Place
  readonly inputs: SentInputs
  readonly count: number
  readonly bytes: number
  readonly grain: number
  /** The errors of inputs that are left out, by offset. */
  readonly left: Map<number, TaskError> = new Map()
  /** Failures of inputs that run again, by offset: those that only the host has seen. */
  readonly failures: Map<number, number> = new Map()
  readonly deaths: StretchDeaths = new StretchDeaths()
  /** The accumulator of an earlier run, instead of inputs. */
  kept: Packed | undefined
  /** The inputs of whose beginning the worker tells; undefined if it tells of none. */
  watch: Watch | undefined
  readonly #originals: ArrayLike<unknown>
  readonly #indexes: number | readonly number[]

  constructor(parts: {
    readonly place: Place
    readonly inputs: SentInputs
    readonly bytes: number
    readonly grain: number
    /** The inputs as the caller gave them. */
    readonly originals: ArrayLike<unknown>
    readonly indexes: number | readonly number[]
  }) {
    this.place = parts.place
    this.inputs = parts.inputs
    this.bytes = parts.bytes
    this.grain = parts.grain
    this.#originals = parts.originals
    this.#indexes = parts.indexes
    this.count = parts.originals.length
  }

  /** The leaves that it stands for. */
  get leaves(): number {
    return Math.max(1, Math.ceil(this.count / this.grain))
  }

  /** The position of an input among all inputs. */
  index(offset: number): number {
    return typeof this.#indexes === 'number' ? this.#indexes + offset : (this.#indexes[offset] ?? 0)
  }

  input(offset: number): unknown {
    return this.#originals[offset]
  }

  /** Has the worker tell which input begins. Of more than 65,000 inputs it tells the block first. */
  watchAll(): void {
    this.watch = { from: 0, stride: Math.max(1, Math.ceil(this.count / MAX_BLOCKS)) }
  }

  /** Returns the offset that a step stands for; undefined if it is not exactly known. Then the next run tells more. */
  offsetOf(step: string | undefined): number | undefined {
    const block = Number(step)
    const { watch } = this
    if (watch === undefined || !(block < MAX_BLOCKS)) {
      this.watchAll()
      return undefined
    }
    const from = watch.from + block * watch.stride
    if (watch.stride === 1) return from
    this.watch = { from, stride: 1 }
    return undefined
  }

  /** The offsets of the inputs that are not left out. */
  offsets(): number[] {
    return Array.from({ length: this.count }, (_, offset) => offset).filter((offset) => !this.left.has(offset))
  }

  /** The call that adds its inputs, without those that are left out; while a killer is searched only those of the probe. */
  call(): AddCall {
    const probe = this.deaths.probe && new Set(this.deaths.probe)
    const others = probe && this.offsets().filter((offset) => !probe.has(offset))
    return {
      kind: 'add',
      inputs: this.inputs,
      count: this.count,
      grain: this.grain,
      indexes: this.#indexes,
      left: [...this.left.keys(), ...(others ?? [])],
      failures: [...this.failures],
      watch: this.watch,
    }
  }
}
