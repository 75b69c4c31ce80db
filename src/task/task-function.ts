import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { processWide } from '../util/own-package.ts'
import { markParts, partsOf } from './exported-object.ts'
import { isReducer } from './made-reducer.ts'
import { Stateful } from './stateful.ts'

/** Any function. */
export type AnyFunction = (...args: never[]) => unknown

/** A function to run over inputs; a stateful worker; or an array of stateful workers, one for each worker. */
export type TaskFunction = AnyFunction | Stateful | readonly Stateful[]

/** Functions returned by `task()`: they make tasks, and cannot be run themselves. */
const taskTypes = processWide('task-types', () => new WeakMap<object, AnyFunction | Stateful>())

/** Marks a function returned by `task(fn)`. If a module exports it, workers find `fn` there. */
export function markTaskType(factory: AnyFunction, fn: AnyFunction | Stateful): void {
  taskTypes.set(factory, fn)
  const own = fn instanceof Stateful ? (fn.StatefulClass as unknown as AnyFunction) : fn
  markParts(factory, () => {
    const parts = [...partsOf(own)]
    return parts.length > 0 ? parts : [['fn', own]]
  })
}

/** Returns the function, or the stateful worker, of a task type; undefined for any other value. */
export function functionOfTaskType(value: unknown): AnyFunction | Stateful | undefined {
  return typeof value === 'function' ? taskTypes.get(value) : undefined
}

/** Checks the function of a run. */
export function checkTaskFunction(value: unknown, option = 'fn'): asserts value is TaskFunction {
  if (value instanceof Stateful) return
  if (Array.isArray(value) && value.length > 0 && value.every((item) => item instanceof Stateful)) return
  if (isReducer(value)) {
    const expected = 'a function of one input: a reducer makes one value of all of them, so use reduce(inputs, reducer)'
    throw new InvalidArgumentError(option, expected, 'a reducer')
  }
  if (typeof value !== 'function') {
    const received = value === null ? 'null' : Array.isArray(value) ? 'an array of something else' : typeof value
    throw new InvalidArgumentError(option, 'a function, stateful(…), or a list of stateful(…)', received)
  }
  if (taskTypes.has(value)) {
    const expected = 'a function, or tasks for execute(): execute(inputs.map((input) => makeTask(input)))'
    throw new InvalidArgumentError(option, expected, 'the result of task(fn), which makes tasks')
  }
  if (isClass(value as AnyFunction)) {
    const name = value.name || 'the class'
    throw new InvalidArgumentError(option, `a function, or stateful(${name})`, `the class ${name}`)
  }
}

function isClass(fn: AnyFunction): boolean {
  return fn.prototype !== undefined && Function.prototype.toString.call(fn).startsWith('class')
}

/** Returns the name of a task function, empty if it has none. */
export function nameOf(fn: TaskFunction): string {
  if (typeof fn === 'function') return fn.name
  const one = fn instanceof Stateful ? fn : (fn[0] as Stateful)
  return one.StatefulClass.name
}
