import { channel } from 'node:diagnostics_channel'

import type { RunObserver } from './observer.ts'

/**
 * The channels of `node:diagnostics_channel`, by observer method: each message is the argument of the method. Output
 * and starts of single tasks are left out: they would cost every run a message for each task.
 */
const CHANNELS = {
  runStarted: channel('manyhands:run:start'),
  attempts: channel('manyhands:attempts'),
  workerStarted: channel('manyhands:worker:start'),
  workerExited: channel('manyhands:worker:exit'),
  lateError: channel('manyhands:late-error'),
  runEnded: channel('manyhands:run:end'),
} satisfies Partial<Record<keyof RunObserver, unknown>>

type Published = keyof typeof CHANNELS

let publisher: { readonly observer: RunObserver; readonly names: string } | undefined

/** An observer that publishes on the channels that have subscribers now; undefined if none has. */
export function channelObserver(): RunObserver | undefined {
  const names = (Object.keys(CHANNELS) as Published[]).filter((name) => CHANNELS[name].hasSubscribers)
  if (names.length === 0) return undefined
  const known = names.join()
  // One observer for all runs, so that an event that several runs of a pool get is published once.
  if (publisher?.names !== known) {
    const methods = names.map((name) => [name, (message: unknown) => CHANNELS[name].publish(message)] as const)
    publisher = { names: known, observer: Object.fromEntries(methods) as RunObserver }
  }
  return publisher.observer
}
