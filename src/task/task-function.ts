import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { Stateful } from './stateful.ts'

/** Any function. */
export type AnyFunction = (...args: never[]) => unknown

/** What can be run over inputs: a function, a stateful worker, or a list of stateful workers, one for each worker. */
export type TaskFunction = AnyFunction | Stateful | readonly Stateful[]

/** What `task()` gave: they make tasks, and are none. */
const taskTypes = new WeakSet<object>()

export function markTaskType(factory: AnyFunction): void {
  taskTypes.add(factory)
}

/** Checks what was given as the function to run. */
export function checkTaskFunction(value: unknown, option = 'fn'): asserts value is TaskFunction {
  if (value instanceof Stateful) return
  if (Array.isArray(value) && value.length > 0 && value.every((item) => item instanceof Stateful)) return
  if (typeof value !== 'function') {
    const received = value === null ? 'null' : Array.isArray(value) ? 'an array of something else' : typeof value
    throw new InvalidArgumentError(option, 'a function, stateful(…), or a list of stateful(…)', received)
  }
  if (taskTypes.has(value)) {
    const expected = 'a function, or tasks for execute(): execute(inputs.map((input) => makeTask(input)))'
    throw new InvalidArgumentError(option, expected, 'what task(fn) gave, which makes tasks')
  }
  if (isClass(value as AnyFunction)) {
    const name = value.name || 'the class'
    throw new InvalidArgumentError(option, `a function, or stateful(${name})`, `${name}, which is a class`)
  }
}

function isClass(fn: AnyFunction): boolean {
  return fn.prototype !== undefined && Function.prototype.toString.call(fn).startsWith('class')
}

/** The name of a task function, empty where it has none. */
export function nameOf(fn: TaskFunction): string {
  if (typeof fn === 'function') return fn.name
  const one = fn instanceof Stateful ? fn : (fn[0] as Stateful)
  return one.StatefulClass.name
}
