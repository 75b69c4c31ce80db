import { types } from 'node:util'

import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import { processWide } from '../../util/own-package.ts'

const moved = processWide('moved', () => ({ values: new WeakSet<object>(), any: false }))

/**
 * Marks a value to be moved to the other side instead of copied. On threads its buffers are transferred, and this side
 * can no longer read them. Other backends copy it. A task whose input was moved cannot run a second time.
 *
 * @example
 * ```ts
 * const pixels = new Uint8Array(50_000_000)
 * await map([move(pixels)], blur)
 * ```
 *
 * @throws {InvalidArgumentError} for anything but an object.
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

/** Why a moved value cannot be sent: it is on the other side, or on its way. */
export const MOVED_BEFORE = 'has been moved before; a value marked with move() can be sent once'

/** Returns true for a buffer whose memory has gone elsewhere. */
export function isDetached(value: unknown): boolean {
  if (!types.isArrayBuffer(value) || value.byteLength > 0) return false
  try {
    // Node 20 knows no property that tells.
    return new Uint8Array(value).length !== 0
  } catch {
    return true
  }
}

type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array

/**
 * Puts a typed array into shared memory: one copy that all threads see, instead of a copy per message.
 *
 * Costs one copy now. Write to it with `Atomics` only, as other threads read it at the same time. Backends without
 * shared memory (processes) send a private copy.
 *
 * @example
 * ```ts
 * const table = shared(new Float64Array(1_000_000))
 * await map(rows, lookUp, { args: [table] })
 * ```
 *
 * @throws {InvalidArgumentError} when given anything but a typed array.
 */
export function shared<T extends TypedArray>(array: T): T {
  if (!ArrayBuffer.isView(array) || types.isDataView(array)) {
    throw new InvalidArgumentError('shared(array)', 'a typed array', typeof array)
  }
  if (types.isSharedArrayBuffer(array.buffer)) return array
  return toShared(array) as T
}

/** Copies a typed array or Buffer into shared memory. */
export function toShared(array: ArrayBufferView): ArrayBufferView {
  const memory = new SharedArrayBuffer(array.byteLength)
  new Uint8Array(memory).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  // Buffer must not be called as a constructor: shared bytes become a Uint8Array.
  const Constructor = (Buffer.isBuffer(array) ? Uint8Array : array.constructor) as new (
    b: SharedArrayBuffer,
  ) => ArrayBufferView
  return new Constructor(memory)
}
