import * as fc from 'fast-check'

import { seed } from '../../support/seed.js'
import { thorough } from '../../support/thorough.js'

/** How many times as many runs as usual are made. A plain `npm test` makes some of them. */
const SCALE = Number(process.env['PROPERTY_SCALE'] ?? 1) * (thorough ? 1 : 0.3)

/** Milliseconds after which one run of a property has failed: something hangs. */
const LIMIT_MS = 60_000

export type BackendName = 'serial' | 'threads' | 'processes'

export const BACKENDS: readonly BackendName[] = ['serial', 'threads', 'processes']

/** Checks a property for random values. Those depend on the seed alone, so that a failure can be repeated with it. */
export async function check<T>(
  arbitrary: fc.Arbitrary<T>,
  property: (value: T) => Promise<void> | void,
  numRuns: number,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(arbitrary, async (value) => property(value)),
    { seed, numRuns: Math.ceil(numRuns * SCALE), timeout: LIMIT_MS },
  )
}
