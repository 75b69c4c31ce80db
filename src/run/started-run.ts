import type { Job } from '../pool/jobs/job.ts'
import type { HaltMode } from '../pool/scheduling/halt.ts'

/** What a run asks of its job. */
export type RunningJob = Pick<
  Job,
  'options' | 'done' | 'failed' | 'cached' | 'retried' | 'inFlight' | 'functions' | 'wake'
>

/** What a run has once it has started. */
export interface StartedRun {
  readonly job: RunningJob
  /** Inputs read so far. */
  readonly read: () => number
  /** How many inputs there will be, where that is known. */
  readonly total: () => number | undefined
  /** All inputs have been read. */
  readonly isRead: () => boolean
  /** Who works on it: `2 threads`. */
  readonly workers: string
  /** Starts nothing more, and with `now` stops what runs. */
  readonly halt: (mode: HaltMode, why: string) => void
  /** Gives back what the run used; `reason` is for tasks that still run. */
  readonly release: (reason: unknown) => void
}
