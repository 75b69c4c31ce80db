import type { WorkerFrame } from '../wire/frames.ts'

/** A worker's way to its host. What was posted arrives, also when the worker is ended right afterwards. */
export interface WorkerPort {
  post(frame: WorkerFrame, transfer?: readonly unknown[]): void
}
