import type { Workload } from './workload.ts'

/** From nothing to the first result: the import, two workers, one task. */
export const coldStart: Workload = {
  title: 'cold start: milliseconds from the import to the first result',
  main: 'ms',
  better: 'less',
  systems: ['manyhands threads', 'manyhands processes', 'piscina', 'tinypool', 'workerpool', 'poolifier'],
  async measure(makeSystem) {
    const startedAt = performance.now()
    const system = await makeSystem('noop')
    await system.run(1)
    const ms = performance.now() - startedAt
    await system.close()
    return { ms }
  },
}

/** What the import alone takes. */
export const importTime: Workload = {
  title: 'import: milliseconds',
  main: 'ms',
  better: 'less',
  systems: ['manyhands threads', 'piscina'],
  async measure(_, name) {
    const startedAt = performance.now()
    if (name === 'piscina') {
      const { importPeer } = await import('../systems/peer.ts')
      await importPeer('piscina')
    } else await import('manyhands')
    return { ms: performance.now() - startedAt }
  },
}
