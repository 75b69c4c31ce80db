/** What an item's steps did, by their numbers. */
export interface StepRecord {
  /** Milliseconds, of those that ran. */
  readonly ms: (number | undefined)[]
  readonly attempts: (number | undefined)[]
  /** Those whose results came from the cache. */
  readonly cached: number[]
}

/** The same by their names, as outcomes tell it. */
export interface StepFacts {
  readonly timings: Readonly<Record<string, number>>
  readonly cached: readonly string[]
  readonly attempts: Readonly<Record<string, number>>
}

export const NOTHING_RAN: StepRecord = { ms: [], attempts: [], cached: [] }

export function factsOf(record: StepRecord, names: readonly string[]): StepFacts {
  return {
    timings: byName(record.ms, names),
    cached: record.cached.map((number) => names[number] as string),
    attempts: byName(record.attempts, names),
  }
}

function byName(values: readonly (number | undefined)[], names: readonly string[]): Record<string, number> {
  const named: Record<string, number> = {}
  for (const [number, value] of values.entries()) if (value !== undefined) named[names[number] as string] = value
  return named
}
