import { openLogs } from '../logs/open-logs.ts'
import { printDirectly } from '../logs/print.ts'
import type { JobOptions } from '../pool/jobs/job-options.ts'
import type { RunHost } from '../run/hosts/run-host.ts'

/** How work that is pushed, call by call, is shared out. `onThrow` is told what a callback of the user's throws. */
export function pushJobOptions(name: string, host: RunHost, onThrow: (thrown: unknown) => void): JobOptions {
  return {
    name,
    priority: 0,
    concurrency: host.own.concurrency ?? 1,
    batch: undefined,
    maxWorkers: host.workers,
    perWorker: undefined,
    bursts: true,
    hasTimeouts: false,
    failsWhole: false,
    events: undefined,
    logs: openLogs(host.own.logs, printDirectly, onThrow),
  }
}
