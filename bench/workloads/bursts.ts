import { timed } from './drive.ts'
import { POOLS, type Workload } from './workload.ts'

const COUNT = 50_000

/** Single calls, a promise each, made all at once. */
export const bursts: Workload = {
  title: `run(), ${COUNT.toLocaleString('en')} calls at once, a promise each`,
  main: 'perSecond',
  better: 'more',
  systems: POOLS,
  async measure(makeSystem) {
    const system = await makeSystem('noop')
    const burst = (count: number): Promise<unknown[]> =>
      Promise.all(Array.from({ length: count }, (_, i) => system.run(i)))
    await burst(COUNT / 5)
    const results: number[] = []
    for (let i = 0; i < 3; i++) results.push(await timed(() => burst(COUNT)))
    await system.close()
    return { perSecond: (COUNT / Math.min(...results)) * 1_000 }
  },
}
