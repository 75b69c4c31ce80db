import { map } from 'manyhands'
import { pipeline } from 'manyhands/pipeline'

import { WORKERS } from '../systems/system.ts'
import { timed } from './drive.ts'
import type { Workload } from './workload.ts'

/** 50 MB of doubles. */
const LENGTH = 6_250_000
const IMAGES = 16
const SMALL = 100_000
const ROUNDS = 5

type Image = Float64Array

const generate = (seed: number): Image => new Float64Array(LENGTH).fill(seed)
const subtract = (image: Image): Image => image.map((x) => x - 0.5)
const divide = (image: Image): Image => image.map((x) => x / 1.25)
const mask = (image: Image): Image => image.map((x) => (x > 1e9 ? 0 : x))
const sum = (image: Image): number => image.reduce((a, b) => a + b, 0)

/** Five steps over a large clip, and one function that does the same. */
const stepwise = pipeline<{ seed: number }>('stepwise')
  .step('raw', ({ seed }) => generate(seed))
  .step('dark', ({ raw }) => subtract(raw))
  .drop('raw')
  .step('flat', ({ dark }) => divide(dark))
  .drop('dark')
  .step('masked', ({ flat }) => mask(flat))
  .drop('flat')
  .step('total', ({ masked }) => sum(masked))
  .drop('masked')
const atOnce = ({ seed }: { seed: number }): number => sum(mask(divide(subtract(generate(seed)))))

/** The same of next to nothing: what steps cost by themselves. */
const tiny = pipeline<{ n: number }>('tiny')
  .step('a', ({ n }) => n + 1)
  .step('b', ({ a }) => a + 1)
  .step('c', ({ b }) => b + 1)
  .step('d', ({ c }) => c + 1)
  .step('e', ({ d }) => d + 1)
const tinyAtOnce = ({ n }: { n: number }): object => ({ a: n + 1, b: n + 2, c: n + 3, d: n + 4, e: n + 5 })

/** Five steps against one function, in turns; the ratio of the medians. */
export const pipelines: Workload = {
  title: `five steps over a clip of 50 MB, against one function: time over time (and what a step of its own costs)`,
  main: 'ratio',
  better: 'less',
  systems: ['manyhands threads', 'manyhands processes'],
  async measure(_, name) {
    const options = {
      backend: name.endsWith('processes') ? ('processes' as const) : ('threads' as const),
      workers: WORKERS,
    }
    const seeds = Array.from({ length: IMAGES }, (__, seed) => ({ seed }))
    const numbers = Array.from({ length: SMALL }, (__, n) => ({ n }))
    const large = await compare(
      () => map(seeds, atOnce, options),
      () => stepwise.run(seeds, options),
    )
    const small = await compare(
      () => map(numbers, tinyAtOnce, options),
      () => tiny.run(numbers, options),
    )
    return {
      ratio: large.steps / large.whole,
      functionMs: large.whole,
      stepsMs: large.steps,
      microsecondsPerStep: (((small.steps - small.whole) / SMALL) * 1_000 * WORKERS) / 5,
    }
  },
}

async function compare(
  whole: () => PromiseLike<unknown>,
  steps: () => PromiseLike<unknown>,
): Promise<{ whole: number; steps: number }> {
  const times: { whole: number[]; steps: number[] } = { whole: [], steps: [] }
  await whole()
  await steps()
  for (let round = 0; round < ROUNDS; round++) {
    times.whole.push(await timed(async () => void (await whole())))
    times.steps.push(await timed(async () => void (await steps())))
  }
  return { whole: median(times.whole), steps: median(times.steps) }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number
}
