import { isStepFailure, type TaskStepFailure } from '../../task/task-call.ts'
import { encodeThrown } from '../../wire/codec/encode-thrown.ts'
import { pathTo } from '../../wire/codec/path.ts'
import type { Encoded } from '../../wire/codec/special.ts'
import { Unsendable } from '../../wire/codec/unsendable.ts'
import type { ItemFailure } from '../../wire/protocol/frames.ts'
import type { LoadedFunction } from '../functions/loaded-function.ts'
import type { Outbox } from './outbox.ts'

/**
 * Encodes a result as soon as its task ends: the task may use the same object again for the next input. False if the
 * result cannot be sent, which is the task's failure.
 */
export function encodeResult(outbox: Outbox, item: number, fn: LoadedFunction, value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      outbox.plain(item, value, value.length + 8)
      return true
    case 'number':
    case 'undefined':
    case 'boolean':
    case 'bigint':
      outbox.plain(item, value, 8)
      return true
    default:
      return encodeObject(outbox, item, fn, value)
  }
}

function encodeObject(outbox: Outbox, item: number, fn: LoadedFunction, value: unknown): boolean {
  const encoder = fn.results
  if (encoder === undefined) {
    outbox.plain(item, value, 8)
    return true
  }
  if (outbox.shaped(item, value, encoder)) return true
  try {
    outbox.encoded(item, encoder.encode(value), encoder.takeTransfer())
    return true
  } catch (error) {
    if (!Unsendable.is(error)) throw error
    if (error.limit !== undefined) outbox.failure(item, { kind: 'too-large', limit: error.limit })
    else {
      const path = pathTo(value, error.offender, 'result')
      outbox.failure(item, { kind: 'unsendable', direction: 'result', path, reason: error.reason })
    }
    return false
  }
}

/** Encodes the value that a task threw. */
export function encodeFailure(outbox: Outbox, item: number, fn: LoadedFunction, thrown: unknown): void {
  if (UnreadableInput.is(thrown)) {
    outbox.failure(item, { kind: 'unsendable', direction: 'input', path: 'input', reason: thrown.message })
    return
  }
  outbox.failure(item, isStepFailure(thrown) ? failedStep(fn, thrown) : { kind: 'thrown', error: encode(fn, thrown) })
}

function failedStep(fn: LoadedFunction, { step, thrown, timeout, state }: TaskStepFailure): ItemFailure {
  const where = { step, state: encode(fn, state) }
  if (timeout !== undefined) return { kind: 'timeout', limit: timeout, ...where }
  return { kind: 'thrown', error: encode(fn, thrown), ...where }
}

function encode({ results, errors }: LoadedFunction, thrown: unknown): Encoded {
  return results === undefined ? { value: thrown, specials: undefined, bytes: 0 } : encodeThrown(thrown, errors)
}

/** Thrown if an input that arrived cannot be decoded here. */
export class UnreadableInput extends Error {
  readonly #unreadable = true

  /** Reads no property of the thrown value: a proxy could answer `instanceof` with an error. */
  static is(thrown: unknown): thrown is UnreadableInput {
    return typeof thrown === 'object' && thrown !== null && #unreadable in thrown && thrown.#unreadable
  }
}
