import { channelObserver } from '../observe/channels.ts'
import { EventObserver } from '../observe/event-observer.ts'
import type { InnerObserver } from '../observe/observers.ts'
import type { Printed } from '../pool/jobs/job-observers.ts'
import type { HostSettings } from '../settings/pool-settings.ts'
import type { RunSettings } from '../settings/run-settings.ts'

let lastRun = 0

/** Makes an id for a run that no other run has. */
export function newRunId(): string {
  return `${process.pid.toString(36)}-${Date.now().toString(36)}-${(++lastRun).toString(36)}`
}

/**
 * Collects everything that listens to a run, or to the calls and queues of a pool: observers of the pool and of the
 * run, `onEvent`, and the diagnostics channels. `fail` is called with an error that the `onEvent` callback threw.
 */
export function observersOf(
  own: HostSettings,
  { observe = [], onEvent }: Pick<RunSettings, 'observe' | 'onEvent'>,
  fail: (thrown: unknown) => void,
): InnerObserver<Printed>[] {
  const channels = channelObserver()
  // The same observer may be given to the pool and to the run: it is called once for each event.
  const all = new Set<InnerObserver<Printed>>([
    ...(own.observe ?? []),
    ...observe,
    ...(onEvent === undefined ? [] : [new EventObserver(onEvent, fail)]),
    ...(channels === undefined ? [] : [channels]),
  ])
  return [...all]
}
