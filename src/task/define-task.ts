import { basename } from 'node:path'

import { finiteNumber, text } from '../options/checks.ts'
import { readOptions } from '../options/read-options.ts'
import { retries, timeout } from './rules.ts'
import type { Stateful } from './stateful.ts'
import { type AnyFunction, checkTaskFunction, markTaskType, nameOf } from './task-function.ts'
import { Task, type TaskOptions, type TaskType } from './task.ts'

const TABLE = { name: text, timeout, retries, priority: finiteNumber }

/** A way to make tasks: calls that have not happened yet. */
export type TaskFactory<A extends readonly unknown[], R> = (...args: A) => Task<R>

/** The ways to call {@link task}. */
export interface DefineTask {
  <A extends readonly unknown[], R>(fn: (...args: A) => R, options?: TaskOptions): TaskFactory<A, Awaited<R>>
  <A extends readonly unknown[], R>(fn: Stateful<A, R>, options?: TaskOptions): TaskFactory<A, R>
}

/**
 * Makes a task type of a function: `const factorize = task(primeFactors)`. Then `factorize(12345)` is a task, a call
 * that has not happened yet, to be given to `run`, `execute` or a queue.
 *
 * @throws {InvalidArgumentError} for anything but a function, and for wrong options.
 */
export const task: DefineTask = (
  fn: AnyFunction | Stateful,
  options?: TaskOptions,
): TaskFactory<readonly unknown[], never> => {
  checkTaskFunction(fn, 'task(fn)')
  const checked = readOptions(options, TABLE)
  const type: TaskType = { name: checked.name ?? (nameOf(fn) || placeOfCall()), fn, options: checked }
  const factory: TaskFactory<readonly unknown[], never> = (...args) => new Task<never>(type, args)
  markTaskType(factory)
  return factory
}

/** Where `task` was called: a nameless function is called after its place. */
function placeOfCall(): string {
  const line = new Error().stack?.split('\n')[3] ?? ''
  const [, path, row] = /([^\s(]+):(\d+):\d+\)?$/.exec(line) ?? []
  return path === undefined ? 'anonymous' : `${basename(path)}:${row}`
}
