import * as fc from 'fast-check'

/** Set to repeat a run, with what a failure printed. */
const SEED = process.env['PROPERTY_SEED']

/** How many times as many runs as usual are made. */
const SCALE = Number(process.env['PROPERTY_SCALE'] ?? 1)

/** Milliseconds after which a property has failed: something hangs. */
const LIMIT_MS = 60_000

export type BackendName = 'serial' | 'threads' | 'processes'

export const BACKENDS: readonly BackendName[] = ['serial', 'threads', 'processes']

/** Checks a property, and says with which seed: a failure can be repeated with `PROPERTY_SEED`, and
 * `PROPERTY_SCALE` asks for more runs. */
export async function check<T>(
  arbitrary: fc.Arbitrary<T>,
  property: (value: T) => Promise<void> | void,
  numRuns: number,
): Promise<void> {
  const seed = SEED === undefined ? Date.now() % 2 ** 31 : Number(SEED)
  console.log(`seed ${seed}`)
  await fc.assert(
    fc.asyncProperty(arbitrary, async (value) => property(value)),
    { seed, numRuns: numRuns * SCALE, interruptAfterTimeLimit: LIMIT_MS * SCALE, markInterruptAsFailure: true },
  )
}
