import type { RunObserver } from '../../observe/observer.ts'
import { RunTotals } from '../../telemetry/run-totals.ts'
import { CommandError, EXIT } from '../command-error.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import { runFigures } from './run-figures.ts'
import { serveMetrics } from './serve-metrics.ts'

/** What follows a run for others: telemetry, and figures for Prometheus. */
export interface RunWatchers {
  readonly observers: readonly RunObserver[]
  /** Sends the rest, and stops serving. */
  close(): Promise<void>
}

/**
 * Opens the watchers that flags ask for.
 *
 * @throws {CommandError} if telemetry is not installed, or the address for figures cannot be listened at.
 */
export async function openWatchers({ telemetry, metrics }: RunFlags): Promise<RunWatchers> {
  const opened = [...(telemetry ? [await openTelemetry()] : []), ...(metrics ? [await openMetrics(metrics)] : [])]
  return {
    observers: opened.flatMap(({ observers }) => observers),
    close: async () => {
      for (const one of opened) await one.close()
    },
  }
}

async function openTelemetry(): Promise<RunWatchers> {
  try {
    const [{ telemetry }, { flushTelemetry }] = await Promise.all([
      import('../../telemetry/index.ts'),
      import('../../telemetry/flush.ts'),
    ])
    const { TRACEPARENT: parent } = process.env
    return { observers: [telemetry(parent === undefined ? {} : { parent })], close: flushTelemetry }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new CommandError(
      '--telemetry: the package @opentelemetry/api cannot be found beside manyhands. Install it: npm i @opentelemetry/api',
      EXIT.cannotStart,
      error,
    )
  }
}

async function openMetrics(address: NonNullable<RunFlags['metrics']>): Promise<RunWatchers> {
  const totals = new RunTotals()
  const server = await serveMetrics(address, () => runFigures(totals))
  // A run that cannot begin must not wait for it.
  server.unref()
  return {
    observers: [totals],
    close: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
