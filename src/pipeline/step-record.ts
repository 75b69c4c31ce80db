import type { CallState } from '../cache/store/cache-report.ts'
import type { Clip } from './runner/clip.ts'

/** The record of an item's steps, by their numbers. It is kept small, since each item brings one. */
export interface StepRecord {
  /** Milliseconds that each step took; negative if it did not run. */
  readonly ms: number[]
  /** The number of times that steps were started, of those that were started more than once. */
  tries?: Record<number, number>
  /** The calls of cached steps. */
  calls?: Record<number, CachedCall>
}

/** A result from the cache or for it; or why it can be neither. */
export type CachedCall = CallState | { readonly unhashable: string }

/** The numbers of the steps whose results came from the cache. */
export function cachedSteps({ calls = {} }: StepRecord): number[] {
  const numbers = Object.keys(calls).map(Number)
  return numbers.filter((number) => calls[number] === 'hit' || calls[number] === 'joined')
}

/** A step record with the names of the steps, as outcomes have it. */
export interface StepFacts {
  readonly timings: Readonly<Record<string, number>>
  readonly cached: readonly string[]
  readonly attempts: Readonly<Record<string, number>>
}

export const NOT_RUN = -1

const NONE: readonly string[] = Object.freeze([])

/** Tells records by the names of steps. Most are alike: all ran, once, and nothing was cached. */
export class FactReader {
  readonly #names: readonly string[]
  readonly #once: Readonly<Record<string, number>>

  constructor(names: readonly string[]) {
    this.#names = names
    this.#once = Object.freeze(Object.fromEntries(names.map((name) => [name, 1])))
  }

  read(record: StepRecord): StepFacts {
    const { ms, tries, calls } = record
    const names = this.#names
    const timings: Record<string, number> = {}
    let ran = 0
    for (let i = 0; i < names.length; i++) {
      const time = ms[i] ?? NOT_RUN
      if (time < 0) continue
      timings[names[i] as string] = time
      ran++
    }
    const attempts = tries === undefined && ran === names.length ? this.#once : this.#attempts(ms, tries ?? {})
    const cached = calls === undefined ? NONE : cachedSteps(record).map((number) => names[number] as string)
    return { timings, cached, attempts }
  }

  #attempts(ms: readonly number[], tries: Readonly<Record<number, number>>): Record<string, number> {
    const ran = this.#names.map((name, i) => [name, tries[i] ?? 1, ms[i] ?? NOT_RUN] as const)
    return Object.fromEntries(ran.filter(([, , time]) => time >= 0).map(([name, attempts]) => [name, attempts]))
  }
}

/** Marks a result as that of steps. No user's object has such a field by chance. */
export const STEP_NAMES = 'manyhands:steps'

/** The result of an item, as its worker sends it: the fields that the steps made, and their record. */
export interface ItemState extends StepRecord {
  /** The names of the steps, if the caller does not know the pipeline. */
  readonly [STEP_NAMES]?: readonly string[]
  readonly clip: Clip
  /** Fields of the input that were dropped. */
  readonly dropped?: readonly string[]
}

/** Returns a result that is marked as one of steps. */
export function namedState(value: unknown): (ItemState & { readonly [STEP_NAMES]: readonly string[] }) | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, STEP_NAMES)) return undefined
  return value as ItemState & { readonly [STEP_NAMES]: readonly string[] }
}
