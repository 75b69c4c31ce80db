import { epochTime } from '../../util/time.ts'
import type { WorkerHandle } from './worker-handle.ts'

/** A worker that does not answer within this many milliseconds is left out. */
const ANSWER_MS = 250

/** A task that a worker has begun and not finished. */
export interface RunningTask {
  /** The slot of its worker. */
  readonly slot: number
  readonly worker: number
  readonly index: number
  readonly input: unknown
  /** From 1. */
  readonly attempt: number
  /** The step that runs, if the task is made of steps and that is known. */
  readonly step: string | undefined
  /** The start of its attempt, in milliseconds since 1970. */
  readonly since: number
}

/** Asks workers which tasks of theirs run. Tasks that have ended by the time of the answer are left out. */
export async function runningTasks(workers: readonly WorkerHandle[]): Promise<RunningTask[]> {
  const busy = workers.filter(({ batches }) => batches.size > 0)
  const tasks = await Promise.all(busy.map(tasksOf))
  return tasks.flat()
}

async function tasksOf(worker: WorkerHandle): Promise<RunningTask[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, ANSWER_MS, undefined)))
  const view = await Promise.race([worker.view(), late])
  clearTimeout(timer)
  return (view?.running ?? []).flatMap(({ batch, offset, startedAt, step }) => {
    const [item] = worker.batches.get(batch)?.peekCall(offset) ?? []
    if (item === undefined) return []
    const { index, input, attempts, fn } = item
    const name = step === undefined ? undefined : fn.steps?.names[step]
    const { slot, id } = worker
    return [{ slot, worker: id, index, input, attempt: attempts + 1, step: name, since: epochTime(startedAt) }]
  })
}
