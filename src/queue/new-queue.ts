import { wholeNumber } from '../options/checks.ts'
import { readOptions } from '../options/read-options.ts'
import type { PoolHost } from '../run/hosts/pool-host.ts'
import { DEFAULT_POLICY } from '../task/failure-policy.ts'
import { QueueJob } from './queue-job.ts'
import { TaskQueue } from './task-queue.ts'

/** The options of `pool.queue()`. */
export interface QueueOptions {
  /** Most tasks pushed and not yet popped: then pushes wait. @defaultValue Infinity */
  readonly size?: number | undefined
}

const TABLE = { size: wholeNumber(1, Infinity) }

/** Makes a queue on a pool. */
export function newQueue<R>(host: PoolHost, options: QueueOptions | undefined): TaskQueue<R> {
  const { size = Infinity } = readOptions(options, TABLE)
  return new TaskQueue<R>(new QueueJob(host, DEFAULT_POLICY), size)
}
