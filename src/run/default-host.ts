import { ship } from '../pool/function-shipper.ts'
import { PoolPlaces } from '../pool/places.ts'
import type { Scheduler } from '../pool/scheduler.ts'
import type { RunSettings } from '../settings/run-settings.ts'
import { isNested } from '../task/nesting.ts'
import { defaultScheduler } from './default-schedulers.ts'
import type { RunHost } from './run-host.ts'
import { usualWorkers } from './usual-workers.ts'

/** The process-wide workers, as a run sees them; `fixed` where the run itself says how many it needs. */
export function defaultHost(settings: RunSettings, fixed?: number): RunHost {
  let scheduler: Scheduler | Promise<Scheduler> | undefined
  const workers = isNested() ? 1 : (fixed ?? settings.workers ?? usualWorkers(settings.backend))
  return {
    workers,
    own: {},
    places: new PoolPlaces(Infinity),
    open: () => {},
    scheduler: () => (scheduler ??= defaultScheduler(settings, workers).then((ready) => (scheduler = ready))),
    ship,
    enter: () => {},
    leave: () => {},
  }
}
