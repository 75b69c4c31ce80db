import type { TaskError } from '../../errors/task-errors.ts'
import { ATTEMPT_STATES, type AttemptBatch, type AttemptState, type WorkerRef } from '../../observe/observer.ts'
import { SLOW_MS } from '../../wire/protocol/frames.ts'

/** An attempt that a journal tells of. */
export interface LoggedAttempt {
  readonly index: number
  readonly key: string
  readonly input: unknown
  /** From 1; 0 if the result came from a cache. */
  readonly attempt: number
  readonly state: Exclude<AttemptState, 'requeued'>
  /** Milliseconds since 1970; NaN if it is not known, as `ms`. */
  readonly start: number
  readonly ms: number
  readonly worker: WorkerRef | undefined
  /** The task does not run again. */
  readonly isFinal: boolean
  /** In a pipeline: milliseconds of each step; null if it did not run. */
  readonly steps: readonly (number | null)[] | undefined
  /** A quick success at the first attempt, of which there is nothing to tell. */
  readonly isQuick: boolean
  readonly error: TaskError | undefined
}

/** Reads a row of a batch. Undefined if it never began, or counts for nothing: that is no attempt. */
export function loggedAttempt(batch: AttemptBatch, i: number): LoggedAttempt | undefined {
  const state = ATTEMPT_STATES[batch.state?.[i] ?? 0] ?? 'ok'
  const error = batch.error(i)
  const attempt = error?.attempts ?? batch.attempt?.[i] ?? 1
  if (state === 'requeued' || (error !== undefined && attempt === 0)) return undefined
  // A result from a cache took no time of a worker.
  const isTimed = state !== 'cached'
  const ms = isTimed ? (batch.ms[i] as number) : NaN
  const start = isTimed && !Number.isNaN(ms) ? (batch.start[i] as number) : NaN
  const steps = batch.stepMs(i)?.map((step) => (step < 0 ? null : Math.round(step * 1_000) / 1_000))
  return {
    index: batch.index(i),
    key: batch.key(i),
    input: batch.input(i),
    attempt,
    state,
    start,
    ms,
    worker: batch.worker,
    isFinal: batch.final?.[i] !== 0,
    steps,
    isQuick: state === 'ok' && attempt === 1 && steps === undefined && !(ms >= SLOW_MS),
    error,
  }
}

/** Makes an attempt of a success that is to have a line of its own. */
export function singleSuccess(
  about: Pick<LoggedAttempt, 'index' | 'key' | 'input' | 'attempt' | 'start' | 'ms' | 'worker'>,
): LoggedAttempt {
  return { ...about, state: 'ok', isFinal: true, steps: undefined, isQuick: false, error: undefined }
}
