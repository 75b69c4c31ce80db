import { spin } from '../tasks.ts'
import { roundsPerMicrosecond } from './calibrate.ts'
import { drive, timed } from './drive.ts'
import { POOLS, type Workload } from './workload.ts'

function* repeat(value: number, count: number): Generator<number, undefined> {
  for (let i = 0; i < count; i++) yield value
  return undefined
}

/** How much faster than a plain loop in the same process tasks of some length run. */
export function shortTasks(microseconds: number, count: number): Workload {
  return {
    title: `${count.toLocaleString('en')} tasks of ${microseconds} µs: speed-up over a plain loop`,
    main: 'speedUp',
    better: 'more',
    systems: POOLS,
    async measure(makeSystem) {
      const rounds = Math.round(roundsPerMicrosecond() * microseconds)
      const system = await makeSystem('spin')
      await drive(system, repeat(rounds, Math.ceil(count / 4)))
      const plain: number[] = []
      const pooled: number[] = []
      // In turn, so that both meet the same machine.
      for (let i = 0; i < 3; i++) {
        plain.push(
          await timed(async () => {
            for (const n of repeat(rounds, count)) spin(n)
          }),
        )
        pooled.push(await timed(() => drive(system, repeat(rounds, count))))
      }
      await system.close()
      return { speedUp: Math.min(...plain) / Math.min(...pooled), msPlain: Math.min(...plain), ms: Math.min(...pooled) }
    },
  }
}
