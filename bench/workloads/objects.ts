import { drive, timed } from './drive.ts'
import { ALL, type Workload } from './workload.ts'

const COUNT = 20_000

interface Row {
  readonly id: number
  readonly values: readonly number[]
}

/** About 1 KB as JSON: strings, 40 numbers, nested parts. */
function makeRow(i: number): Row {
  const row = {
    id: i,
    name: `item number ${i}`,
    active: (i & 1) === 0,
    tags: ['alpha', 'beta', 'gamma', 'delta', 'eps', 'zeta'],
    values: Array.from({ length: 40 }, (_, k) => ((i * 7_919 + k * 104_729) % 1e6) / 8),
    nested: { a: 'x'.repeat(200), b: { c: i, d: [1, 2, 3, { e: `deep ${i}` }] }, when: '2026-01-01T00:00:00Z' },
    note: 'y'.repeat(180),
  }
  return row
}

function* rows(count: number): Generator<Row, undefined> {
  for (let i = 0; i < count; i++) yield makeRow(i)
  return undefined
}

/** Objects in and out; making them is part of it. */
export const objects: Workload = {
  title: `${COUNT.toLocaleString('en')} objects of 1 KB in and out`,
  main: 'perSecond',
  better: 'more',
  systems: ALL,
  async measure(makeSystem) {
    const system = await makeSystem('noop')
    const check = (result: unknown, index: number): void => {
      const row = result as Row
      if (row.id !== index || row.values.length !== 40) throw new Error(`wrong result at ${index}`)
    }
    await drive(system, rows(COUNT / 4), check)
    const times: number[] = []
    for (let i = 0; i < 3; i++) times.push(await timed(() => drive(system, rows(COUNT), check)))
    await system.close()
    return { perSecond: (COUNT / Math.min(...times)) * 1_000 }
  },
}
