import { inspect } from 'node:util'

import type { RetryOptions, RetryPolicy, TimeoutOption, TimeoutRule } from './rules.ts'
import type { TaskFunction } from './task-function.ts'

/** Rules that go with a task type, before those of the run. */
export interface TaskOptions {
  /** @defaultValue the function's name, or its place */
  readonly name?: string
  /** Milliseconds from the task's start, or a share of the median such as `'300%'`. */
  readonly timeout?: TimeoutOption
  /** How often it runs again when it throws or times out, and when. */
  readonly retries?: number | RetryOptions
  /** Higher starts first. */
  readonly priority?: number
}

/** The same, checked. */
export interface TaskRules {
  readonly name?: string
  readonly timeout?: TimeoutRule
  readonly retries?: RetryPolicy
  readonly priority?: number
}

/** The type of a task. Not a property: it is nobody's business but the pool's. */
export let typeOf: (task: Task) => TaskType

/** A call that has not happened yet. Prints as it would be written: `factorize(12345)`. */
export class Task<R = unknown> {
  /** Only types: what the call gives. */
  declare readonly result: R | undefined
  readonly name: string
  readonly args: readonly unknown[]
  readonly #type: TaskType

  constructor(type: TaskType, args: readonly unknown[]) {
    this.name = type.name
    this.args = args
    this.#type = type
  }

  toString(): string {
    return `${this.name}(${this.args.map((arg) => inspect(arg, { depth: 1, breakLength: Infinity, maxArrayLength: 6, maxStringLength: 60 })).join(', ')})`
  }

  static {
    typeOf = (task) => task.#type
    Object.defineProperty(this.prototype, inspect.custom, { value: this.prototype.toString })
  }
}

/** What all tasks of one type share. */
export interface TaskType {
  readonly name: string
  readonly fn: TaskFunction
  readonly options: TaskRules
}
