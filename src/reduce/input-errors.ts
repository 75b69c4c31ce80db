import { BatchError, type SettledRecord } from '../errors/run-errors.ts'
import {
  ResourceLimitError,
  SerializationError,
  TaskError,
  TaskTimeoutError,
  type WorkerDeath,
  WorkerCrashedError,
  type WorkerIdentity,
} from '../errors/task-errors.ts'
import { WorkerInitError } from '../errors/worker-errors.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import { Item } from '../pool/jobs/item.ts'
import { failureOf, stateOf } from '../pool/outcomes/task-failure.ts'
import { DEFAULT_POLICY } from '../task/failure-policy.ts'
import { messageOf } from '../util/message-of.ts'
import type { ClassRegistry } from '../wire/codec/class-registry.ts'
import { decode } from '../wire/codec/decode.ts'
import type { Encoded } from '../wire/codec/special.ts'
import type { Stretch } from './inputs/stretch.ts'
import { unpack } from './worker/accumulators.ts'
import type { LeftInput, Packed, PartName } from './worker/messages.ts'

/** Makes the item of one input, for its error. */
export function itemOf(fn: PreparedFunction, input: unknown, index: number, attempts: number): Item {
  const nothing = { value: undefined, specials: undefined, bytes: 0, spread: false, transfer: undefined }
  const item = new Item({ index, sequence: index, input, ...nothing, fn, policy: DEFAULT_POLICY })
  item.attempts = attempts
  return item
}

/** What the errors of a stretch's inputs are made of. */
interface StretchFailures {
  readonly stretch: Stretch
  readonly classes: ClassRegistry | undefined
  readonly fn: PreparedFunction
  readonly worker: WorkerIdentity
  readonly timeout: number | undefined
}

/** Returns the errors of the inputs that a worker left out, with their offsets. */
export function failedInputs(packed: Packed | undefined, about: StretchFailures): (readonly [number, TaskError])[] {
  if (packed === undefined) return []
  const { stretch, classes, fn, worker, timeout = 0 } = about
  const left = unpack(packed, classes) as readonly LeftInput[]
  return left.map(({ offset, thrown, timedOut, attempts }) => {
    const failure = failureOf(itemOf(fn, stretch.input(offset), stretch.index(offset), attempts), worker)
    if (timedOut) return [offset, new TaskTimeoutError(failure, timeout)]
    const cause = 'bytes' in packed ? thrownOf(thrown as Encoded, classes) : thrown
    return [offset, new TaskError({ ...failure, cause, remoteStack: cause instanceof Error ? cause.stack : undefined })]
  })
}

function thrownOf({ value, specials }: Encoded, classes: ClassRegistry | undefined): unknown {
  return decode(value, specials, { classes })
}

/** Makes the error of one input of a call that failed because of it. */
export function inputError(
  error: TaskError,
  { stretch, fn }: Pick<StretchFailures, 'stretch' | 'fn'>,
  at: number,
  { attempts, timeout }: { readonly attempts: number; readonly timeout: number | undefined },
): TaskError {
  const failure = failureOf(itemOf(fn, stretch.input(at), stretch.index(at), attempts), error.worker)
  if (error instanceof TaskTimeoutError) return new TaskTimeoutError(failure, timeout ?? error.timeout)
  if (error instanceof WorkerCrashedError) return new WorkerCrashedError(failure, deathOf(error))
  return new TaskError({ ...failure, cause: error.cause, remoteStack: error.remoteStack })
}

function deathOf({ reason, exitCode, signal }: WorkerCrashedError): WorkerDeath {
  return { reason, exitCode, signal }
}

/** The error of a part that is not about one input. */
export function partError(error: TaskError, part: PartName, item: Item): Error {
  if (part === 'construct')
    return new WorkerInitError(`${item.fn.name} could not be built: ${messageOf(error.cause)}`, { cause: error.cause })
  const { attempts = 1, path, reason } = (stateOf(error) ?? {}) as { attempts?: number; path?: string; reason?: string }
  const { task, worker, cause, remoteStack, input } = error
  const failure = {
    task: { ...task, index: task.index, name: `${task.name}.${part}`, key: task.key },
    input,
    attempts,
    worker,
  }
  if (path !== undefined) return new SerializationError({ ...failure, task }, path, reason ?? '', 'result')
  return new TaskError({ ...failure, cause, remoteStack })
}

export function isDeath(error: TaskError): boolean {
  return error instanceof WorkerCrashedError || error instanceof ResourceLimitError
}

/** Makes the error of a reduction that tells all failures at its end. Its last result is the value without these inputs. */
export function batchError(failed: readonly TaskError[], value: unknown, inputs: number): BatchError {
  const records = failed.map((reason): SettledRecord => ({
    status: 'rejected',
    index: reason.task.index,
    input: reason.input,
    reason,
  }))
  return new BatchError(failed, [...records, { status: 'fulfilled', index: inputs, value }])
}
