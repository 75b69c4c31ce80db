import type { RunObserver } from '../../observe/observer.ts'
import { reportEnding } from '../../report/report-kinds.ts'
import { RunTotals } from '../../telemetry/run-totals.ts'
import { CommandError, EXIT } from '../command-error.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import { runFigures } from './run-figures.ts'
import { serveMetrics } from './serve-metrics.ts'

/** Followers of a run, for others: telemetry, and figures for Prometheus. */
export interface RunWatchers {
  readonly observers: readonly RunObserver[]
  /** Sends the rest, and stops serving. */
  close(): Promise<void>
}

/**
 * Opens the watchers that flags ask for. `keepsLog`: the run has a job log, of which its reports are made when it has ended.
 * Those of a workflow are made while it runs.
 *
 * @throws {CommandError} if telemetry is not installed, or the address for figures cannot be listened at.
 */
export async function openWatchers(flags: RunFlags, keepsLog: boolean): Promise<RunWatchers> {
  const { telemetry, metrics } = flags
  const opened = [
    ...(keepsLog ? [] : [await openReports(flags)]),
    ...(telemetry ? [await openTelemetry()] : []),
    ...(metrics ? [await openMetrics(metrics)] : []),
  ]
  return {
    observers: opened.flatMap(({ observers }) => observers),
    close: async () => {
      for (const one of opened) await one.close()
    },
  }
}

async function openReports({ report, trace }: RunFlags): Promise<RunWatchers> {
  const close = async (): Promise<void> => {}
  if (report === undefined && trace === undefined) return { observers: [], close }
  const { htmlReport, jsonReport, markdownReport, traceFile } = await import('../../report/index.ts')
  const makers = { '.html': htmlReport, '.md': markdownReport, '.json': jsonReport }
  const make = report === undefined ? undefined : makers[reportEnding(report) ?? '.html']
  return {
    observers: [
      ...(report === undefined || make === undefined ? [] : [make(report)]),
      ...(trace === undefined ? [] : [traceFile(trace)]),
    ],
    close,
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
