import { InvalidStateError } from '../errors/invalid-state-error.ts'
import type { CurrentTask } from './task-handle.ts'
import { currentScope } from './task-scope.ts'

/**
 * What the calling task can learn and tell about itself: name, index, attempt, content key, worker, signal, log.
 *
 * Call it in the task, also after its awaits. Costs nothing where it is not called.
 *
 * @throws {InvalidStateError} when called outside of a task.
 */
export function currentTask(): CurrentTask {
  const scope = currentScope()
  if (scope === undefined) throw new InvalidStateError('currentTask() only works inside a task that manyhands runs')
  return scope.batch.task(scope.item)
}
