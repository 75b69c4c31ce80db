import { isNested } from '../task/nesting.ts'
import type { Backend } from './backend.ts'
import type { BackendName } from './backend-registry.ts'
import { defaultScheduler } from './default-schedulers.ts'
import { ship } from './function-shipper.ts'
import type { RunHost } from './run-host.ts'
import type { Scheduler } from './scheduler.ts'

/** The process-wide workers, as a run sees them. */
export function defaultHost(choice: BackendName | Backend, workers: number): RunHost {
  let scheduler: Scheduler | Promise<Scheduler> | undefined
  return {
    workers: isNested() ? 1 : workers,
    concurrency: 1,
    logs: undefined,
    maxQueue: Infinity,
    open: () => {},
    scheduler: () => (scheduler ??= defaultScheduler(choice, workers).then((ready) => (scheduler = ready))),
    ship,
    enter: () => {},
    leave: () => {},
  }
}
