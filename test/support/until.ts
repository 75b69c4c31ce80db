import { setTimeout as sleep } from 'node:timers/promises'

/** Between two looks, in milliseconds. */
const LOOK_MS = 2

/** Resolves when `holds` returns true. If it never does, the time limit of the test ends the test. */
export async function until(holds: () => boolean | Promise<boolean>, signal?: AbortSignal): Promise<void> {
  while (!(await holds())) await sleep(LOOK_MS, undefined, { signal })
}
