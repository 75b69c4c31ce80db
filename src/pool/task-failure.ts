import { PayloadTooLargeError } from '../errors/payload-too-large-error.ts'
import { SerializationError } from '../errors/serialization-error.ts'
import { TaskError, type TaskFailure, type TaskIdentity, type WorkerIdentity } from '../errors/task-error.ts'
import { contentKey } from '../task/content-key.ts'
import { decode } from '../wire/codec/decode.ts'
import type { ItemFailure } from '../wire/frames.ts'
import type { Entry } from './entry.ts'

/** Names an entry's task; the key is made when it is first asked for. */
export function identityOf(entry: Entry, name: string = entry.fn.name): TaskIdentity {
  let key: string | undefined
  return {
    name,
    index: entry.index,
    get key() {
      return (key ??= contentKey(entry.input))
    },
  }
}

/** What every error about an entry tells. */
export function failureOf(entry: Entry, worker?: WorkerIdentity): TaskFailure {
  return {
    task: identityOf(entry),
    input: entry.input,
    attempts: entry.attempts,
    ...(worker && { worker: { id: worker.id, slot: worker.slot, pid: worker.pid } }),
  }
}

/** The error for an item's failure as its worker told it. */
export function errorOf(entry: Entry, failure: ItemFailure, worker: WorkerIdentity): TaskError {
  const base = failureOf(entry, worker)
  switch (failure.kind) {
    case 'thrown': {
      const cause = decode(failure.error.value, failure.error.specials, { classes: entry.fn.classes })
      const { name, thrown } = entry.fn.locate?.(cause) ?? { name: base.task.name, thrown: cause }
      const task = name === base.task.name ? base.task : identityOf(entry, name)
      return new TaskError({ ...base, task, cause: thrown, remoteStack: stackOf(thrown) })
    }
    case 'unsendable':
      return new SerializationError(base, failure.path, failure.reason, failure.direction)
    case 'too-large':
      return new PayloadTooLargeError(base, 'result', failure.limit)
  }
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.stack : undefined
}
