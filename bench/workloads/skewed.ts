import { roundsPerMicrosecond } from './calibrate.ts'
import { drive, timed } from './drive.ts'
import { POOLS, type Workload } from './workload.ts'

const COUNT = 20_000
const SHORT_US = 10
const LONG_MS = 400
const FIRST_LONG = 9_000
const LONGS = 8

/** A few slow tasks next to each other among many short ones. */
export const skewed: Workload = {
  title: `${COUNT.toLocaleString('en')} tasks of ${SHORT_US} µs with ${LONGS} adjacent ones of ${LONG_MS} ms: time over the ideal`,
  main: 'overIdeal',
  better: 'less',
  systems: POOLS,
  async measure(makeSystem) {
    const unit = roundsPerMicrosecond()
    const short = Math.round(unit * SHORT_US)
    const long = Math.round(unit * LONG_MS * 1_000)
    const system = await makeSystem('spin')
    const inputs = function* (longs: number): Generator<number, undefined> {
      for (let i = 0; i < COUNT; i++) yield i >= FIRST_LONG && i < FIRST_LONG + longs ? long : short
      return undefined
    }
    await drive(system, inputs(0))
    const ms = await timed(() => drive(system, inputs(LONGS)))
    await system.close()
    const ideal = ((COUNT - LONGS) * SHORT_US * 1e-3 + LONGS * LONG_MS) / 2
    return { overIdeal: ms / ideal, ms }
  },
}
