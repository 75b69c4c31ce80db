import { timerDelay } from '../../util/time.ts'
import { type CallSite, Stopped } from './call-site.ts'

/** Thrown when something has run for longer than its timeout. */
export class OutOfTime {
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }
}

/** Waits for a promise. Rejects if its time is over, or the call is cancelled. */
export function waitFor(site: CallSite, work: PromiseLike<unknown>, timeout: number | undefined): Promise<unknown> {
  return stoppable(site, (resolve, reject) => {
    work.then(resolve, reject)
    if (timeout === undefined) return undefined
    return setTimeout(() => reject(new OutOfTime(timeout)), timerDelay(timeout))
  })
}

/** Waits some milliseconds, at most until the call is cancelled. */
export function pause(site: CallSite, ms: number): Promise<unknown> {
  return stoppable(site, (resolve) => setTimeout(resolve, timerDelay(ms)))
}

function stoppable(
  site: CallSite,
  wait: (resolve: (value: unknown) => void, reject: (thrown: unknown) => void) => NodeJS.Timeout | undefined,
): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  return new Promise((resolve, reject) => {
    site.onStop((reason) => reject(new Stopped(reason)))
    timer = wait(resolve, reject)
  }).finally(() => {
    clearTimeout(timer)
    site.onStop(undefined)
  })
}
