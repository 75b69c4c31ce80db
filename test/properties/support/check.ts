import * as fc from 'fast-check'

/** Set to repeat a run, with what a failure printed. */
const SEED = process.env['PROPERTY_SEED']

export type BackendName = 'serial' | 'threads' | 'processes'

export const BACKENDS: readonly BackendName[] = ['serial', 'threads', 'processes']

/** Checks a property, and says with which seed: a failure can be repeated with `PROPERTY_SEED`. */
export async function check<T>(
  arbitrary: fc.Arbitrary<T>,
  property: (value: T) => Promise<void> | void,
  numRuns: number,
): Promise<void> {
  const seed = SEED === undefined ? Date.now() % 2 ** 31 : Number(SEED)
  console.log(`seed ${seed}`)
  await fc.assert(
    fc.asyncProperty(arbitrary, async (value) => property(value)),
    { seed, numRuns, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
  )
}
