import { InvalidArgumentError, InvalidStateError } from '../errors/argument-errors.ts'
import { processWide } from '../util/own-package.ts'
import { type ClassCodec, ClassRegistry } from '../wire/codec/class-registry.ts'
import type { AnyFunction } from './task-function.ts'

type Class<T> = abstract new (...args: never[]) => T

/** The conversion of a class's instances to plain data and back. All three parts are sent to workers like functions. */
export interface ClassOptions<T, D> {
  /** A name for the class, unique among registered classes. */
  readonly name: string
  /** Converts an instance to plain data. */
  readonly encode: (instance: T) => D
  /** Makes an instance from the data. */
  readonly decode: (data: D) => T
}

/** A registered class: its name, and the functions that go to workers. */
export interface RegisteredClass {
  readonly name: string
  readonly Class: AnyFunction
  readonly encode: AnyFunction
  readonly decode: AnyFunction
}

// Shared by all copies of this package in a thread: a worker's own code, and the one that the user's modules import.
const registered: RegisteredClass[] = processWide('registered-classes', () => [])
const registry: ClassRegistry = processWide('class-registry', () => new ClassRegistry())

/**
 * Lets instances of a class be sent in inputs, arguments, captures, results and errors (then `instanceof` holds).
 *
 * Call it once, in the caller, before the run.
 *
 * @example
 * ```ts
 * registerClass(Point, {
 *   name: 'Point',
 *   encode: ({ x, y }) => [x, y],
 *   decode: ([x, y]) => new Point(x, y),
 * })
 * ```
 *
 * @throws {InvalidArgumentError} for anything but a class with a name, `encode` and `decode`.
 * @throws {InvalidStateError} if the class, or another one with this name, is already registered.
 */
export function registerClass<T, D>(Class: Class<T>, options: ClassOptions<T, D>): void {
  check(Class, options)
  if (registered.some((one) => one.name === options.name || one.Class === (Class as unknown as AnyFunction))) {
    throw new InvalidStateError(`registerClass: the class or name "${options.name}" is already registered`)
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

/** Returns the classes registered in this thread, to be sent with functions. */
export function registeredClasses(): readonly RegisteredClass[] {
  return registered
}

/** Makes a registry of classes that were sent to this thread. */
export function registryOf(classes: readonly RegisteredClass[]): ClassRegistry | undefined {
  if (classes.length === 0) return undefined
  const sent = new ClassRegistry()
  for (const { name, Class, encode, decode } of classes)
    sent.add((Class as unknown as { prototype: object }).prototype, { name, encode, decode } as unknown as ClassCodec)
  return sent
}

/** Returns a registry of these classes, to encode and decode values in this thread. */
export function hostClasses(): ClassRegistry | undefined {
  return registered.length === 0 ? undefined : registry
}
