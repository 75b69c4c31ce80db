import { types } from 'node:util'

import type { Copier } from './buffer-pool.ts'

/** Returns true for a plain typed array, DataView or Buffer; false for an instance of a subclass. */
export function isIntrinsicView(view: ArrayBufferView): boolean {
  const prototype = Object.getPrototypeOf(view) as { constructor?: { name?: string } }
  const tag = (view as { [Symbol.toStringTag]?: string })[Symbol.toStringTag]
  const name = prototype.constructor?.name
  return name === tag || (name === 'Buffer' && Buffer.isBuffer(view))
}

/**
 * Copies a view. Views in one value that share a buffer go on sharing it. If a view shows a part of a larger buffer
 * (such as a small Buffer of Node's pool), only that part is copied.
 */
export function copyBinary(view: ArrayBufferView, seen: Map<object, unknown>, copier?: Copier): ArrayBufferView {
  const whole = view.byteLength === view.buffer.byteLength
  const buffer = whole ? copyOnce(view.buffer, seen, copier) : copyPart(view, copier)
  const bytes = types.isSharedArrayBuffer(buffer) ? new Uint8Array(new Uint8Array(buffer)).buffer : buffer
  if (Buffer.isBuffer(view)) return new Uint8Array(bytes)
  return new (view.constructor as new (buffer: ArrayBufferLike) => ArrayBufferView)(bytes)
}

function copyPart(view: ArrayBufferView, copier: Copier | undefined): ArrayBufferLike {
  const { buffer, byteOffset, byteLength } = view
  return copier?.copy(buffer, byteOffset, byteLength) ?? buffer.slice(byteOffset, byteOffset + byteLength)
}

function copyOnce(buffer: ArrayBufferLike, seen: Map<object, unknown>, copier: Copier | undefined): ArrayBufferLike {
  const known = seen.get(buffer) as ArrayBufferLike | undefined
  if (known !== undefined) return known
  const copy = types.isSharedArrayBuffer(buffer) ? buffer.slice(0) : copyBuffer(buffer, copier)
  seen.set(buffer, copy)
  return copy
}

/** Copies a buffer. A copy of a resizable buffer is resizable. */
export function copyBuffer(buffer: ArrayBuffer, copier?: Copier): ArrayBuffer {
  const { resizable, maxByteLength } = buffer as { resizable?: boolean; maxByteLength?: number }
  if (resizable !== true)
    return (copier?.copy(buffer, 0, buffer.byteLength) as ArrayBuffer | undefined) ?? buffer.slice(0)
  const Resizable = ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer
  const copy = new Resizable(buffer.byteLength, { maxByteLength })
  new Uint8Array(copy).set(new Uint8Array(buffer))
  return copy
}
