import { InvalidArgumentError, InvalidStateError } from '../errors/argument-errors.ts'
import { processWide } from '../util/own-package.ts'
import { ClassRegistry } from '../wire/codec/class-registry.ts'
import type { AnyFunction } from './task-function.ts'

type Class<T> = abstract new (...args: never[]) => T

/** How instances of a class travel. All three go to the workers as functions do. */
export interface ClassOptions<T, D> {
  /** A name that stands for the class on the way. */
  readonly name: string
  /** Makes plain data of an instance. */
  readonly encode: (instance: T) => D
  /** Makes an instance of the data. */
  readonly decode: (data: D) => T
}

/** A registered class: its name, and the functions that go to workers. */
export interface RegisteredClass {
  readonly name: string
  readonly Class: AnyFunction
  readonly encode: AnyFunction
  readonly decode: AnyFunction
}

// Shared by all copies of this package: a worker's own code, and the one that the user's modules import there.
const registered: RegisteredClass[] = processWide('registered-classes', () => [])
const registry: ClassRegistry = processWide('class-registry', () => new ClassRegistry())

/**
 * Lets instances of a class travel: in inputs, arguments, captures, results and errors (then `instanceof` holds).
 *
 * To be called once, in the caller, before the run.
 *
 * @throws {InvalidArgumentError} for anything but a class with a name, `encode` and `decode`.
 * @throws {InvalidStateError} where the class, or another of that name, is registered already.
 */
export function registerClass<T, D>(Class: Class<T>, options: ClassOptions<T, D>): void {
  check(Class, options)
  if (registered.some((one) => one.name === options.name || one.Class === (Class as unknown as AnyFunction))) {
    throw new InvalidStateError(`registerClass: "${options.name}" is registered already`)
  }
  const { name, encode, decode } = options as ClassOptions<unknown, unknown>
  registered.push({ name, Class: Class as unknown as AnyFunction, encode, decode })
  registry.add(Class.prototype as object, { name, encode, decode })
}

function check(Class: unknown, options: unknown): void {
  if (typeof Class !== 'function' || Class.prototype === undefined)
    throw new InvalidArgumentError('registerClass(Class)', 'a class', typeof Class)
  const { name, encode, decode } = (options ?? {}) as Partial<ClassOptions<unknown, unknown>>
  if (typeof name !== 'string' || name === '')
    throw new InvalidArgumentError('registerClass name', 'a name', typeof name)
  if (typeof encode !== 'function') throw new InvalidArgumentError('registerClass encode', 'a function', typeof encode)
  if (typeof decode !== 'function') throw new InvalidArgumentError('registerClass decode', 'a function', typeof decode)
}

/** The classes that were registered in this thread, to be sent along with functions. */
export function registeredClasses(): readonly RegisteredClass[] {
  return registered
}

/** The same, to encode and decode values with here. */
export function hostClasses(): ClassRegistry | undefined {
  return registered.length === 0 ? undefined : registry
}
