import type { Special } from '../../wire/codec/special.ts'
import type { ShapedValues } from '../../wire/shapes/shaped-values.ts'

/**
 * An accumulator between two calls. Objects travel as bytes, which the host never decodes; if nothing is copied they
 * are values, too.
 */
export type Packed = { readonly value: unknown } | { readonly bytes: Uint8Array }

/** The inputs of a stretch, as they are sent. */
export type SentInputs =
  | { readonly numbers: Float64Array }
  | { readonly shaped: ShapedValues }
  | {
      readonly values: readonly unknown[]
      readonly specials: readonly (readonly [offset: number, specials: readonly Special[]])[] | undefined
    }

/** The inputs of which the host is told: blocks of `stride` from `from` on. */
export interface Watch {
  readonly from: number
  readonly stride: number
}

/** An accumulator that its worker may have kept by this name. It is packed if another worker has to use it. */
export interface Sent {
  readonly id: number
  readonly packed: Packed | undefined
}

/** The accumulator that a call adds to; the worker keeps the result. */
export interface Continued {
  /** Undefined for a new accumulator. */
  readonly onto: Sent | undefined
  /** The name of the result. */
  readonly keep: number
}

/** The result of a call whose accumulators are not kept in its worker: it is made again with packed ones. */
export interface Missing {
  readonly isMissing: true
}

/** The call that adds the inputs of a stretch. */
export interface AddCall {
  readonly kind: 'add'
  readonly inputs: SentInputs
  readonly count: number
  /** The inputs of an accumulator; Infinity for all in one. */
  readonly grain: number
  /** The index of the first input if they are consecutive, else that of each. */
  readonly indexes: number | readonly number[]
  /** The offsets of inputs that are left out: they failed before. */
  readonly left: readonly number[]
  /** Earlier failures of inputs that run again, by offset. */
  readonly failures: readonly (readonly [offset: number, failures: number])[]
  /** Set if the host is told which input begins, so that it knows which one killed its worker. */
  readonly watch: Watch | undefined
  /** Undefined for an accumulator of its own. */
  readonly continued?: Continued | undefined
}

/** The call that combines two neighbouring accumulators. */
export interface CombineCall {
  readonly kind: 'combine'
  readonly a: Sent
  readonly b: Sent
  /** The name by which the worker keeps the result; undefined if it does not. */
  readonly keep: number | undefined
}

export type ReduceCall = AddCall | CombineCall

/** An input that failed and was left out. */
export interface LeftInput {
  readonly offset: number
  /** What it threw. Absent if it timed out. */
  readonly thrown?: unknown
  readonly timedOut: boolean
  readonly attempts: number
}

/** The result of an `AddCall`. */
export interface AddResult {
  readonly accumulator: Packed
  /** The inputs that failed in this call. */
  readonly left: Packed | undefined
  readonly worker: { readonly id: number; readonly slot: number; readonly pid: number }
  /** Milliseconds that the accumulator took to be packed. */
  readonly packMs: number
  /** Milliseconds that the call took. */
  readonly ms: number
}

/** The parts of a reduction that can fail apart from inputs, by the name of the step that failed. */
export const PARTS = ['initial', 'combine', 'construct', 'accumulator'] as const
export type PartName = (typeof PARTS)[number]

/** The blocks that can be told: the number of a step has 16 bits. */
export const MAX_BLOCKS = 65_000
/** The step's number while no input is added. */
export const NO_INPUT = 65_533
/** The step's number while an input is added that is not watched. */
export const ELSEWHERE = 65_534

/** The most inputs of a call, unless a grain has more. */
export const MAX_STRETCH = 32_768
