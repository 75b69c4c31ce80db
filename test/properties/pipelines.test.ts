import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import * as fc from 'fast-check'
import { pipeline } from 'manyhands/pipeline'

import { BACKENDS, check } from './support/check.js'

/** What becomes of an input: each of three steps adds something, or throws; one forgets to return. */
interface Fate {
  readonly id: number
  readonly add: readonly [number, number, number]
  readonly fails: 'a' | 'b' | 'c' | 'none'
  readonly how: 'throws' | 'throws late' | 'returns nothing'
}

async function act(name: 'a' | 'b' | 'c', { fails, how, add }: Fate, before: number): Promise<number> {
  if (fails !== name) return before + (add['abc'.indexOf(name)] as number)
  if (how === 'throws late') await Promise.resolve()
  if (how !== 'returns nothing') throw new RangeError(`${name} fails`)
  return undefined as unknown as number
}

/** The first step is synchronous where it can be. */
const steps = pipeline<Fate>('steps')
  .step('a', (fate) => (fate.fails === 'a' ? act('a', fate, 0) : fate.add[0]))
  .step('b', (fate) => act('b', fate, fate.a))
  .drop('a')
  .step('c', (fate) => act('c', fate, fate.b))

/** What must come of it, worked out here. */
function expected(fate: Fate): unknown {
  const { id, fails, add } = fate
  const [a, b, c] = [add[0], add[0] + add[1], add[0] + add[1] + add[2]]
  if (fails === 'none') return { id, ok: true, clip: { ...fate, b, c } }
  const made = { a: {}, b: { a }, c: { b } }[fails]
  // `a` is dropped after `b`.
  return { id, ok: false, step: fails, clip: { ...fate, ...made } }
}

const fates: fc.Arbitrary<readonly Fate[]> = fc
  .array(
    fc.record({
      add: fc.tuple(fc.integer(), fc.integer(), fc.integer()),
      fails: fc.constantFrom(
        'none' as const,
        'none' as const,
        'none' as const,
        'a' as const,
        'b' as const,
        'c' as const,
      ),
      how: fc.constantFrom('throws' as const, 'throws late' as const, 'returns nothing' as const),
    }),
    { minLength: 0, maxLength: 1_000, size: 'max' },
  )
  .map((list) => list.map((fate, id) => ({ id, ...fate })))

const options = fc.record(
  {
    concurrency: fc.integer({ min: 1, max: 4 }),
    batch: fc.constantFrom('auto' as const, 1, 7),
    window: fc.integer({ min: 1, max: 50 }),
    ordered: fc.boolean(),
  },
  { requiredKeys: [] },
)

describe('inputs that fail at random steps', () => {
  for (const backend of BACKENDS) {
    it(`cost only themselves, and tell the clip as it was: ${backend}`, async () => {
      await check(
        fc.tuple(fates, options),
        async ([inputs, rest]) => {
          const results = steps.run(inputs, { ...rest, backend })
          const outcomes = (await results).sort((a, b) => a.index - b.index)
          assert.deepEqual(
            outcomes.map(({ index, ok, step, clip }) => ({ id: index, ok, ...(step && { step }), clip })),
            inputs.map(expected),
          )
          const failed = Object.values(results.report()).reduce((sum, tally) => sum + tally.failed, 0)
          assert.equal(failed, inputs.filter(({ fails }) => fails !== 'none').length)
        },
        20,
      )
    })
  }
})
