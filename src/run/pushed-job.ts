import { printDirectly } from '../logs/print.ts'
import type { InnerObserver } from '../observe/observers.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import type { Printed } from '../pool/jobs/job-observers.ts'
import { Job } from '../pool/jobs/job.ts'
import type { Sink, Source } from '../pool/jobs/ports.ts'
import type { Dispatcher } from '../pool/scheduling/dispatcher.ts'
import type { CallerContext } from '../util/caller-context.ts'
import type { RunHost } from './hosts/run-host.ts'
import { jobOptionsOf } from './job-options-of.ts'
import { newRunId } from './run-observers.ts'

/**
 * Makes a job whose items are pushed, call by call: that of `pool.run`, or of a queue. Workers unload `functions` when
 * the job is removed.
 */
export function pushedJob(
  name: string,
  host: RunHost,
  observers: readonly InnerObserver<Printed>[],
  context: CallerContext,
  dispatcher: Dispatcher,
  source: Source,
  sink: Sink,
  functions: Set<PreparedFunction> = new Set(),
): Job {
  const { workers, own } = host
  const { capabilities } = dispatcher.options.backend
  const fail = (thrown: unknown): void => job.fail(thrown)
  const rules = {
    name,
    ref: { id: newRunId(), name },
    workers,
    capabilities,
    functions,
    observers,
    context,
    hasTimeouts: false,
    isPushed: true,
  }
  const job: Job = new Job(jobOptionsOf(own, { ...rules, print: printDirectly, fail }), source, sink)
  return job
}
