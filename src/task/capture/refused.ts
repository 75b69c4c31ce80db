import { CaptureError } from '../../errors/capture-error.ts'
import type { Slot } from './graph.ts'

/** The error that refuses to send what a slot holds. */
export function refused(slot: Slot, reason: string, cause?: unknown): CaptureError {
  return new CaptureError(slot.variable, slot.place(), reason, cause)
}
