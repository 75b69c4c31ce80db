import { hostname } from 'node:os'

import { isRunning } from '../../util/running-process.ts'
import type { RunRecord } from './run-record.ts'

/** True if a run has not ended, as far as can be known: a process of another machine cannot be looked up. */
export function isUnderWay({ ended, pid, startedAs = null, host }: RunRecord): boolean {
  return ended === null && (host !== hostname() || isRunning({ pid, started: startedAs }))
}
