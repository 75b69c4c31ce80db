import { runWorker } from '../../cluster/run-worker.ts'
import { EXIT } from '../command-error.ts'
import type { WorkerFlags } from '../flags/command-flags.ts'
import { serveMetrics } from '../metrics/serve-metrics.ts'
import type { Screen } from '../report/screen.ts'
import { natsOptionsOf } from './access-flags.ts'
import { checkModules } from './check-modules.ts'
import { workerFigures } from './metrics.ts'
import { WorkerReport } from './worker-report.ts'

/** `manyhands worker`: runs workers for clients of a group until a signal ends them. Resolves to the exit code. */
export async function worker(modules: readonly string[], flags: WorkerFlags, screen: Screen): Promise<number> {
  const ending = endSignal()
  const running = await Promise.race([start(modules, flags, screen), ending])
  if (typeof running === 'string') return EXIT.ok
  await ending
  void endSignal().then((signal) => process.exit(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated))
  await running.workers.drain(flags.drain)
  running.metrics?.close()
  return EXIT.ok
}

async function start(modules: readonly string[], flags: WorkerFlags, screen: Screen) {
  const checked = await checkModules(modules)
  const report = new WorkerReport(flags, screen)
  const metrics =
    flags.metrics === undefined
      ? undefined
      : await serveMetrics(flags.metrics, () => workerFigures(report.isConnected, workers?.status()))
  let workers: Awaited<ReturnType<typeof runWorker>> | undefined
  workers = await runWorker({
    ...natsOptionsOf(flags),
    ...(flags.jobs !== undefined && { workers: flags.jobs }),
    modules: checked.map(({ url }) => url),
    allowCode: flags.allowCode,
    allowSkew: flags.allowSkew,
    onEvent: (event) => report.take(event),
  })
  report.ready(workers.status(), checked)
  return { workers, metrics }
}

function endSignal(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
}
