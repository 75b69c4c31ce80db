import type { FunctionUse } from './function-use.ts'
import type { Job } from './job.ts'
import { Median } from './median.ts'

const own = new WeakMap<FunctionUse, Median>()

/** What tasks took that succeeded, for limits that go by the median: those of a function, or all of the job. */
export function durationsOf(job: Job, fn: FunctionUse): Median {
  if (job.options.mediansApart !== true) return job.durations
  let durations = own.get(fn)
  if (durations === undefined) own.set(fn, (durations = new Median()))
  return durations
}
