import { drive, numbers, timed } from './drive.ts'
import { ALL, type Workload } from './workload.ts'

const COUNT = 100_000
const WARM_UP = 20_000

/** What a pool costs by itself: small inputs from a generator, results read one by one. */
export const noOps: Workload = {
  title: `no-op map, ${COUNT.toLocaleString('en')} small inputs from a generator, read by for await`,
  main: 'perSecond',
  better: 'more',
  systems: ALL,
  async measure(makeSystem) {
    const system = await makeSystem('noop')
    await drive(system, numbers(WARM_UP))
    const ms = await timed(() =>
      drive(system, numbers(COUNT), (result, index) => {
        if (result !== index) throw new Error(`wrong result ${String(result)} at ${index}`)
      }),
    )
    await system.close()
    return { perSecond: (COUNT / ms) * 1_000 }
  },
}
