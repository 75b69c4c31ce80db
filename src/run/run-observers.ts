import { channelObserver } from '../observe/channels.ts'
import { EventObserver } from '../observe/event-observer.ts'
import type { InnerObserver } from '../observe/observers.ts'
import type { Printed } from '../pool/jobs/job-observers.ts'
import type { HostSettings } from '../settings/pool-settings.ts'
import type { RunSettings } from '../settings/run-settings.ts'

let lastRun = 0

/** A name for a run that no other has. */
export function newRunId(): string {
  return `${process.pid.toString(36)}-${Date.now().toString(36)}-${(++lastRun).toString(36)}`
}

/**
 * Everything that listens to a run, or to what a pool is given call by call: observers of the pool and of the run,
 * `onEvent`, and the diagnostics channels. `fail` is called with what the `onEvent` callback throws.
 */
export function observersOf(
  own: HostSettings,
  { observe = [], onEvent }: Pick<RunSettings, 'observe' | 'onEvent'>,
  fail: (thrown: unknown) => void,
): InnerObserver<Printed>[] {
  const channels = channelObserver()
  // An observer of a pool may be that of a run, too: it hears everything once.
  const all = new Set<InnerObserver<Printed>>([
    ...(own.observe ?? []),
    ...observe,
    ...(onEvent === undefined ? [] : [new EventObserver(onEvent, fail)]),
    ...(channels === undefined ? [] : [channels]),
  ])
  return [...all]
}
