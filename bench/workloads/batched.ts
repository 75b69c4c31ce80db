import { batched, map } from 'manyhands'

import { noop, spin } from '../tasks.ts'
import type { Workload } from './workload.ts'

const COUNT = 1_000_000
const FEW = 100_000
/** The input that its call does not survive. */
const POISON = 50_000
/** Rounds for each input: about 2 µs. */
const ROUNDS = 2_000

function noops(values: unknown[]): unknown[] {
  return values
}

function works(values: number[]): number[] {
  spin(ROUNDS * values.length)
  return values
}

function fails(values: number[]): number[] {
  if (values.includes(POISON)) throw new RangeError('poison')
  return works(values)
}

/** What one call for many inputs costs, beside one for each; and what an input at fault costs. */
export const batchedCalls: Workload = {
  title: `${COUNT.toLocaleString('en')} numbers through a no-op with size 64; ${FEW.toLocaleString('en')} with one at fault, size 256`,
  main: 'perSecond',
  better: 'more',
  systems: ['manyhands threads'],
  async measure() {
    const many = Array.from({ length: COUNT }, (_, i) => i)
    const few = many.slice(0, FEW)
    const plain = await best(() => map(many, noop, { workers: 2 }))
    const together = await best(() => map(many, batched(noops, { size: 64 }), { workers: 2 }))
    const good = await best(() => map(few, batched(works, { size: 256 }), { workers: 2 }))
    const poisoned = await best(() => map(few, batched(fails, { size: 256 }), { workers: 2, onError: 'return' }))
    return {
      perSecond: (COUNT / together) * 1_000,
      plainPerSecond: (COUNT / plain) * 1_000,
      poisonOverGood: poisoned / good,
    }
  },
}

/** Returns the milliseconds of the best of five runs. */
async function best(run: () => { batches(): AsyncIterable<readonly unknown[]> }): Promise<number> {
  let least = Infinity
  for (let i = 0; i < 5; i++) {
    const startedAt = performance.now()
    for await (const _ of run().batches());
    least = Math.min(least, performance.now() - startedAt)
  }
  return least
}
