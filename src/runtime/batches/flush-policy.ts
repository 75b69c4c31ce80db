import type { RunningBatch } from './running-batch.ts'

/** The longest time that finished results wait for others to be sent with, in milliseconds. */
const FLUSH_MS = 1
/**
 * The same for results that the host can read in the beacon if a slow task comes next: each message costs about 20 µs.
 */
const FLUSH_SHOWN_MS = 3
/** The same for results that wait on their way to a host on another machine anyway. Most batches end sooner. */
const FLUSH_PATIENT_MS = 5

/** The same for results as text, which go to a file: about as long as a batch takes. */
const FLUSH_TEXT_MS = 16

/** Returns the milliseconds that finished results of a batch may wait; below 0 if they must not. */
export function flushAfter({ isPatient, outbox }: RunningBatch): number {
  if (outbox.isUrgent) return -1
  if (isPatient) return FLUSH_PATIENT_MS
  if (outbox.isText) return FLUSH_TEXT_MS
  return outbox.isShown ? FLUSH_SHOWN_MS : FLUSH_MS
}
