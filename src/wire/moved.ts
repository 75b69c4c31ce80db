import { InvalidArgumentError } from '../errors/invalid-argument-error.ts'
import { processWide } from '../util/process-wide.ts'

const moved = processWide('moved', () => ({ values: new WeakSet<object>(), any: false }))

/**
 * Marks a value to be moved to the other side instead of copied: on threads its buffers are transferred, and this side
 * can no longer read them. Other backends copy it. A task whose input was moved cannot run a second time.
 *
 * @throws {InvalidArgumentError} for anything that is no object.
 */
export function move<T extends object>(value: T): T {
  if (typeof value !== 'object' || (value as unknown) === null)
    throw new InvalidArgumentError('move(value)', 'an object, such as a typed array', typeof value)
  moved.values.add(value)
  moved.any = true
  return value
}

export function isMoved(value: object): boolean {
  return moved.any && moved.values.has(value)
}
