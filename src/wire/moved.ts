import { InvalidArgumentError } from '../errors/invalid-argument-error.ts'

const movedValues = new WeakSet<object>()
let used = false

/**
 * Marks a value to be moved to the other side instead of copied: on threads its buffers are transferred, and this side
 * can no longer read them. Other backends copy it. A task whose input was moved cannot run a second time.
 *
 * @throws {InvalidArgumentError} for anything that is no object.
 */
export function move<T extends object>(value: T): T {
  if (typeof value !== 'object' || (value as unknown) === null)
    throw new InvalidArgumentError('move(value)', 'an object, such as a typed array', typeof value)
  movedValues.add(value)
  used = true
  return value
}

export function isMoved(value: object): boolean {
  return used && movedValues.has(value)
}
