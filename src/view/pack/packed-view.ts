import type { View } from '../view.ts'

/** What is packed: single attempts, and what lanes did when. */
export type Packable = Pick<View, 'end' | 'singles' | 'lanes'>

/** Times are told in a unit, in milliseconds: a millionth of the run, a microsecond at least. */
export function unitOf({ end }: Pick<View, 'end'>): number {
  return Math.max(0.001, end / 1e6)
}

/** Single attempts as columns, and what lanes did when, as a page reads them. */
export interface Unpacked {
  readonly n: number
  readonly start: Float64Array
  readonly ms: Float64Array
  readonly task: Float64Array
  readonly lane: Uint16Array
  readonly attempt: Uint16Array
  readonly state: Uint16Array
  readonly failed: Uint16Array
  readonly steps: readonly Float64Array[]
  readonly input: readonly string[]
  /** For each lane, step and bin how much of it was spent so: 0 to 1. */
  readonly work: readonly (readonly Float32Array[])[]
}

/** The numbers that must be known to unpack. */
export interface PackedShape {
  readonly unit: number
  readonly lanes: number
  readonly steps: number
  /** Bins of a lane. */
  readonly bins: number
}
