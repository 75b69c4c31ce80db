import { inspect } from 'node:util'

import {
  PayloadTooLargeError,
  SerializationError,
  TaskError,
  type TaskFailure,
  type TaskIdentity,
  type WorkerIdentity,
  TaskTimeoutError,
  UnreadableRowError,
} from '../../errors/task-errors.ts'
import { contentKey } from '../../task/canonical/canonical-hash.ts'
import { Task } from '../../task/task.ts'
import { decode } from '../../wire/codec/decode.ts'
import type { Encoded } from '../../wire/codec/special.ts'
import type { ItemFailure } from '../../wire/protocol/frames.ts'
import type { Item } from '../jobs/item.ts'

/** Makes the identity of an item's task. Its key is computed when it is first read. */
function identityOf(item: Item, name: string = item.fn.name): TaskIdentity {
  let key: string | undefined
  return {
    name,
    index: item.index,
    get key() {
      return (key ??= contentKey(item.input))
    },
  }
}

/** Makes the identity of a task that failed: it prints as its call, which can be made again. */
function failedTask(item: Item, name: string = item.fn.name): TaskIdentity {
  return withCall(identityOf(item, name), () => callOf(item))
}

/** Adds the call that a task stands for. It is no part of what is printed or sent of an error. */
export function withCall(task: TaskIdentity, make: () => Task | undefined): TaskIdentity {
  let call: Task | undefined
  const { name, index } = task
  const get = (): Task | undefined => (call ??= make())
  const toString = (): string => get()?.toString() ?? `${name}[${index}]`
  return Object.defineProperties(task, {
    call: { get },
    toString: { value: toString },
    [inspect.custom]: { value: toString },
  })
}

/** Returns the call that an item stands for: the user's own task, or one with the same function, arguments and limits. */
function callOf({ tag, input, fn, spread, policy }: Item): Task | undefined {
  if (tag instanceof Task) return tag
  if (input instanceof Task) return input
  if (fn.source === undefined) return undefined
  const { name } = fn
  const { timeout, retries, priority } = policy
  const args = [...(spread ? (input as readonly unknown[]) : [input]), ...fn.source.args]
  return new Task({ name, fn: fn.source.fn, options: { ...(timeout && { timeout }), retries, priority } }, args)
}

/** Makes the facts that every error about an item has; `step` is the number of the step that it is in. */
export function failureOf(item: Item, worker?: WorkerIdentity, step?: number): TaskFailure {
  return {
    task: failedTask(item),
    input: item.input,
    attempts: item.attempts,
    // A step without a name is told by its number.
    ...(step !== undefined && { step: item.fn.steps?.names[step] ?? String(step) }),
    ...(worker && { worker: identityOfWorker(worker) }),
  }
}

function identityOfWorker({ id, slot, pid, host }: WorkerIdentity): WorkerIdentity {
  return { id, slot, pid, ...(host !== undefined && { host }) }
}

const states = new WeakMap<TaskError, unknown>()

/** Returns the state of the steps before one that failed, as its worker sent it. */
export function stateOf(error: TaskError): unknown {
  return states.get(error)
}

/** Makes the error for an item's failure that its worker reported. */
export function errorOf(item: Item, failure: ItemFailure, worker: WorkerIdentity): TaskError {
  const base = failureOf(item, worker)
  const decoded = ({ value, specials }: Encoded): unknown => decode(value, specials, { classes: item.fn.classes })
  switch (failure.kind) {
    case 'thrown': {
      const cause = decoded(failure.error)
      const { name, thrown } = item.fn.locate?.(cause) ?? { name: base.task.name, thrown: cause }
      const task = name === base.task.name ? base.task : failedTask(item, name)
      const facts = { ...base, task, step: failure.step, cause: thrown, remoteStack: stackOf(thrown) }
      const error = new TaskError(facts)
      if (failure.state !== undefined) states.set(error, decoded(failure.state))
      return error
    }
    case 'timeout': {
      const error = new TaskTimeoutError({ ...base, step: failure.step }, failure.limit)
      states.set(error, decoded(failure.state))
      return error
    }
    case 'unsendable':
      return new SerializationError(base, failure.path, failure.reason, failure.direction)
    case 'too-large':
      return new PayloadTooLargeError(base, 'result', failure.limit)
    case 'unreadable':
      return new UnreadableRowError(base, item.row?.position ?? `row ${item.index + 1}`, failure.reason)
    case 'unwritable':
      return new TaskError({
        ...base,
        cause: new TypeError(`its result cannot be written as JSON: ${failure.reason}`),
      })
  }
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.stack : undefined
}
