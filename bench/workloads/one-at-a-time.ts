import { POOLS, type Workload } from './workload.ts'

const COUNT = 10_000
const WARM_UP = 5_000

/** The time from a call to its result, with nothing else going on. */
export const oneAtATime: Workload = {
  title: 'run(), one call at a time: microseconds to the result',
  main: 'p50',
  better: 'less',
  systems: POOLS,
  async measure(makeSystem) {
    const system = await makeSystem('noop')
    for (let i = 0; i < WARM_UP; i++) await system.run(i)
    const times = new Float64Array(COUNT)
    for (let i = 0; i < COUNT; i++) {
      const startedAt = performance.now()
      await system.run(i)
      times[i] = (performance.now() - startedAt) * 1_000
    }
    await system.close()
    times.sort()
    return { p50: times[COUNT >> 1] as number, p99: times[Math.floor(COUNT * 0.99)] as number }
  },
}
