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

/** A class whose instances make one value of many inputs, for `reduce`. */
export interface StatefulReducerClass<C extends readonly unknown[], I, A> {
  new (...args: C): {
    /** Makes an empty accumulator. */
    initial(): A | PromiseLike<A>
    /** Returns the accumulator with one more input, or changes it. */
    add(accumulator: A, input: I): A | void | PromiseLike<A | void>
    /** Joins two accumulators, or changes the first. */
    combine(a: A, b: A): A | void | PromiseLike<A | void>
    /** Awaited before the first call. */
    init?(): unknown
    /** Awaited when the reduction is over. */
    close?(): unknown
  }
}

/** A stateful worker that `reduce` takes instead of three functions. */
export interface StatefulReducer<I, A> {
  /** Exists in types only. */
  readonly reduction: ((input: I) => A) | undefined
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

/** The ways to call {@link stateful}. */
export interface StatefulFunction {
  <C extends readonly unknown[], In extends readonly unknown[], R>(
    StatefulClass: StatefulClass<C, In, R>,
    ...args: C
  ): Stateful<In, Awaited<R>>
  <C extends readonly unknown[], I, A>(ReducerClass: StatefulReducerClass<C, I, A>, ...args: C): StatefulReducer<I, A>
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
 * A class with `initial`, `add` and `combine` instead of `call` is for `reduce`; its instance lives as long as the
 * reduction.
 *
 * @throws {InvalidArgumentError} for anything but a class with a method `call`, or with `add`.
 */
export const stateful: StatefulFunction = ((StatefulClass: unknown, ...args: readonly unknown[]): unknown => {
  const prototype = (StatefulClass as { prototype?: Methods } | undefined)?.prototype
  // Every function inherits a `call` from Function; a class needs one of its own.
  // A stub's class is checked in the worker, where its module is loaded.
  if (!isStub(StatefulClass) && (typeof StatefulClass !== 'function' || !isTask(prototype))) {
    throw new InvalidArgumentError(
      'stateful(Class, …args)',
      'a class with a method call(input, …)',
      received(StatefulClass),
    )
  }
  return new Stateful(StatefulClass as Stateful['StatefulClass'], args)
}) as StatefulFunction

function received(value: unknown): string {
  return typeof value === 'function' ? `${value.name || 'a function'} without it` : typeof value
}

interface Methods {
  readonly call?: unknown
  readonly initial?: unknown
  readonly add?: unknown
  readonly combine?: unknown
}

/** Returns true for the methods of a task, or of a reducer: `reduce` says which of these is missing. */
function isTask(methods: Methods | undefined): boolean {
  return typeof methods?.call === 'function' || typeof methods?.add === 'function'
}
