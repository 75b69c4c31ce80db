import { basename } from 'node:path'
import { inspect } from 'node:util'

import { text } from '../options/checks.ts'
import { readOptions } from '../options/read-options.ts'
import { setRecipe } from './capture/reference/recipe.ts'
import { POLICY_CHECKS, type PolicyOptions, type PolicyRules } from './failure-policy.ts'
import { Stateful } from './stateful.ts'
import { type TaskFunction, type AnyFunction, checkTaskFunction, markTaskType, nameOf } from './task-function.ts'

/** Options of a task type. They take precedence over those of the run or call. */
export interface TaskOptions extends Pick<PolicyOptions, 'timeout' | 'retries' | 'priority'> {
  /** @defaultValue the function's name, or its place */
  readonly name?: string | undefined
}

/** {@link TaskOptions}, checked. */
export interface TaskRules extends Pick<PolicyRules, 'timeout' | 'retries' | 'priority'> {
  readonly name?: string
}

/** The same for all copies of this package. */
const TYPE: unique symbol = Symbol.for('manyhands.task-type')

/** Returns the type of a task, for the code that runs it. */
export function typeOf(task: Task): TaskType {
  return task[TYPE]
}

/** A call that has not happened yet. Prints as it would be written: `factorize(12345)`. */
export class Task<R = unknown> {
  /** Exists in types only: the result of the call. */
  declare readonly result: R | undefined
  readonly name: string
  readonly args: readonly unknown[]
  /** @internal */
  readonly [TYPE]: TaskType

  constructor(type: TaskType, args: readonly unknown[]) {
    this.name = type.name
    this.args = args
    this[TYPE] = type
  }

  /** True for the tasks of any copy of this package. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && TYPE in value
  }

  toString(): string {
    return `${this.name}(${this.args.map((arg) => inspect(arg, { depth: 1, breakLength: Infinity, maxArrayLength: 6, maxStringLength: 60 })).join(', ')})`
  }

  static {
    Object.defineProperty(this.prototype, inspect.custom, { value: this.prototype.toString })
  }
}

/** The properties that all tasks of one type share. */
export interface TaskType {
  readonly name: string
  readonly fn: TaskFunction
  readonly options: TaskRules
}

const { timeout, retries, priority } = POLICY_CHECKS
const TABLE = { name: text, timeout, retries, priority }

/** Makes tasks, which are calls that have not happened yet. */
export type TaskFactory<A extends readonly unknown[], R> = (...args: A) => Task<R>

/** The signatures of {@link task}. */
export interface DefineTask {
  <A extends readonly unknown[], R>(fn: (...args: A) => R, options?: TaskOptions): TaskFactory<A, Awaited<R>>
  <A extends readonly unknown[], R>(fn: Stateful<A, R>, options?: TaskOptions): TaskFactory<A, R>
}

/**
 * Makes a task type of a function: `const factorize = task(primeFactors)`. Then `factorize(12345)` is a task: a call
 * that has not happened yet, for `run`, `execute` or a queue.
 *
 * @example
 * ```ts
 * const factorize = task(primeFactors, { retries: 2 })
 * const factors = await execute([factorize(12345), factorize(67890)])
 * ```
 *
 * @throws {InvalidArgumentError} for anything but a function, and for invalid options.
 */
export const task: DefineTask = (
  fn: AnyFunction | Stateful,
  options?: TaskOptions,
): TaskFactory<readonly unknown[], never> => {
  checkTaskFunction(fn, 'task(fn)')
  const checked = readOptions(options, TABLE)
  return taskType({ name: checked.name ?? (nameOf(fn) || placeOfCall()), fn, options: checked })
}

function taskType(type: TaskType): TaskFactory<readonly unknown[], never> {
  const { name, options } = type
  const fn = type.fn as AnyFunction | Stateful
  const factory: TaskFactory<readonly unknown[], never> = (...args) => new Task<never>(type, args)
  markTaskType(factory, fn)
  const called = fn instanceof Stateful ? { Class: fn.StatefulClass, args: fn.args } : { fn }
  setRecipe(factory, { recipe: 'task-type', make: makeTaskType, data: { name, options, ...called } })
  return factory
}

/** All that makes a task type again in a worker: with `Class` it is stateful. */
interface TaskTypeData extends Pick<TaskType, 'name' | 'options'> {
  readonly fn?: AnyFunction
  readonly Class?: Stateful['StatefulClass']
  readonly args?: readonly unknown[]
}

/** Makes a task type in a worker, for tasks that run tasks themselves. */
export function makeTaskType({ name, options, fn, Class, args = [] }: TaskTypeData): AnyFunction {
  return taskType({ name, options, fn: Class === undefined ? (fn as AnyFunction) : new Stateful(Class, args) })
}

/** Returns the place of the call of `task`: the name of an unnamed function. */
function placeOfCall(): string {
  const line = new Error().stack?.split('\n')[3] ?? ''
  const [, path, row] = /([^\s(]+):(\d+):\d+\)?$/.exec(line) ?? []
  return path === undefined ? 'anonymous' : `${basename(path)}:${row}`
}
