import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { isStub } from './stub.ts'

/** A class whose instances live in workers. */
export interface StatefulClass<C extends readonly unknown[], In extends readonly unknown[], R> {
  new (...args: C): {
    /** The task. */
    call(...input: In): R
    /** Awaited before the first task. */
    init?(): unknown
    /** Awaited when the worker stops. */
    close?(): unknown
  }
}

const STATEFUL: unique symbol = Symbol.for('manyhands.stateful')

/** A stateful worker. `stateful()` returns it, and `map` takes it instead of a function. */
export class Stateful<In extends readonly unknown[] = readonly unknown[], R = unknown> {
  /** Exists in types only: the task's arguments and result. */
  declare readonly signature: ((...input: In) => R) | undefined
  readonly StatefulClass: StatefulClass<readonly unknown[], In, R>
  readonly args: readonly unknown[]

  /** @internal */
  readonly [STATEFUL]: true = true as const

  constructor(StatefulClass: StatefulClass<readonly unknown[], In, R>, args: readonly unknown[]) {
    this.StatefulClass = StatefulClass
    this.args = args
  }

  /** True for the stateful workers of any copy of this package. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && STATEFUL in value
  }
}

/**
 * Makes a class into a task that keeps state in its worker: a database connection, a loaded model.
 *
 * Each worker builds one instance before its first task, and awaits `init()`. The instance lives as long as its pool,
 * or as its run if there is no pool; then `close()` is awaited. An array of stateful workers gives each worker its own.
 * A constructor or `init` that throws rejects the run with one `WorkerInitError`.
 *
 * @example
 * ```ts
 * class Model {
 *   async init() { this.net = await loadNet() }
 *   call(image) { return this.net.classify(image) }
 * }
 * const labels = await map(images, stateful(Model))
 * ```
 *
 * @throws {InvalidArgumentError} for anything but a class with a method `call`.
 */
export function stateful<C extends readonly unknown[], In extends readonly unknown[], R>(
  StatefulClass: StatefulClass<C, In, R>,
  ...args: C
): Stateful<In, Awaited<R>> {
  const prototype = (StatefulClass as { prototype?: { call?: unknown } } | undefined)?.prototype
  // Every function inherits a `call` from Function; a class needs one of its own.
  // A stub's class is checked in the worker, where its module is loaded.
  if (!isStub(StatefulClass) && (typeof StatefulClass !== 'function' || typeof prototype?.call !== 'function')) {
    throw new InvalidArgumentError(
      'stateful(Class, …args)',
      'a class with a method call(input, …)',
      typeof StatefulClass === 'function' ? `${StatefulClass.name || 'a function'} without it` : typeof StatefulClass,
    )
  }
  return new Stateful(StatefulClass as unknown as StatefulClass<readonly unknown[], In, Awaited<R>>, args)
}
