import { drive, numbers } from './drive.ts'
import type { Workload } from './workload.ts'

const SAMPLE_MS = 20

/** How much memory a run over many inputs takes at its peak, over that of the idle pool. */
export function memory(count: number): Workload {
  return {
    title: `${count.toLocaleString('en')} inputs, in order: peak memory over the idle pool, in MiB`,
    main: 'overIdleMiB',
    better: 'less',
    systems: ['manyhands threads'],
    async measure(makeSystem) {
      const system = await makeSystem('noop')
      await drive(system, numbers(1_000))
      globalThis.gc?.()
      const idle = process.memoryUsage.rss()
      let peak = idle
      const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), SAMPLE_MS)
      await drive(system, numbers(count))
      peak = Math.max(peak, process.memoryUsage.rss())
      clearInterval(timer)
      await system.close()
      return { overIdleMiB: (peak - idle) / 1_048_576, idleMiB: idle / 1_048_576 }
    },
  }
}
