import { InvalidArgumentError } from '../errors/invalid-argument-error.ts'

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
 * @throws {InvalidArgumentError} when given anything but a typed array.
 */
export function shared<T extends TypedArray>(array: T): T {
  if (!ArrayBuffer.isView(array) || array instanceof DataView) {
    throw new InvalidArgumentError('shared(array)', 'a typed array', typeof array)
  }
  if (array.buffer instanceof SharedArrayBuffer) return array
  return toShared(array) as T
}

/** A copy of a typed array or Buffer in shared memory. */
export function toShared(array: ArrayBufferView): ArrayBufferView {
  const memory = new SharedArrayBuffer(array.byteLength)
  new Uint8Array(memory).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  // A Buffer's constructor is not to be called: shared bytes are a Uint8Array.
  const Constructor = (Buffer.isBuffer(array) ? Uint8Array : array.constructor) as new (
    b: SharedArrayBuffer,
  ) => ArrayBufferView
  return new Constructor(memory)
}
