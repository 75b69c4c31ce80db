import { jsonLine, plainJsonLine } from '../../rows/json-line.ts'
import { UnreadableRow } from '../../rows/unreadable-row.ts'
import { isStepFailure, type TaskStepFailure } from '../../task/task-call.ts'
import { messageOf } from '../../util/message-of.ts'
import { decode } from '../../wire/codec/decode.ts'
import { encodeThrown } from '../../wire/codec/encode-thrown.ts'
import type { Encoder } from '../../wire/codec/encoder.ts'
import { pathTo } from '../../wire/codec/path.ts'
import type { Encoded } from '../../wire/codec/special.ts'
import { Unsendable } from '../../wire/codec/unsendable.ts'
import type { ItemFailure } from '../../wire/protocol/frames.ts'
import { MOVED_BEFORE } from '../../wire/values/buffers.ts'
import type { LoadedFunction } from '../functions/loaded-function.ts'
import type { Outbox } from './outbox.ts'

/** Encodes the outcome of one item. Returns false if it is a failure. */
export function encodeOutcome(
  outbox: Outbox,
  item: number,
  fn: LoadedFunction,
  outcome: unknown,
  failed: boolean,
): boolean {
  let thrown = outcome
  if (!failed) {
    try {
      return encodeResult(outbox, item, fn, outcome)
    } catch (unreadable) {
      // A faulty result may throw only when it is read. That is a failure of the task, too.
      thrown = unreadable
    }
  }
  encodeFailure(outbox, item, fn, thrown)
  return false
}

/**
 * Encodes a result as soon as its task ends: the task may use the same object again for the next input. False if the
 * result cannot be sent, which is the task's failure.
 */
export function encodeResult(outbox: Outbox, item: number, fn: LoadedFunction, value: unknown): boolean {
  if (fn.asText) return encodeLine(outbox, item, fn, value)
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

/** Makes the line of JSON of a result. Values that are no plain data are refused and converted as if they were sent. */
function encodeLine(outbox: Outbox, item: number, fn: LoadedFunction, value: unknown): boolean {
  const plain = lineIfPlain(value)
  if (plain !== undefined) {
    outbox.line(item, plain)
    return true
  }
  const encoder = fn.results
  try {
    outbox.line(item, jsonLine(encoder === undefined ? value : sent(encoder, value, fn)))
    return true
  } catch (error) {
    if (Unsendable.is(error)) outbox.failure(item, refusal(error, value))
    else outbox.failure(item, { kind: 'unwritable', reason: messageOf(error) })
    return false
  }
}

function lineIfPlain(value: unknown): string | undefined {
  try {
    return plainJsonLine(value)
  } catch {
    // A part cannot be read, or the text is too long: the closer look tells which.
    return undefined
  }
}

/** A value as the host would get it. */
function sent(encoder: Encoder, value: unknown, fn: LoadedFunction): unknown {
  const { value: encoded, specials } = encoder.encode(value)
  encoder.takeTransfer()
  return specials === undefined ? encoded : decode(encoded, specials, fn)
}

function refusal({ limit, offender, reason }: Unsendable, value: unknown): ItemFailure {
  if (limit !== undefined) return { kind: 'too-large', limit }
  return { kind: 'unsendable', direction: 'result', path: pathTo(value, offender, 'result'), reason }
}

function encodeObject(outbox: Outbox, item: number, fn: LoadedFunction, value: unknown): boolean {
  const encoder = fn.results
  if (encoder === undefined) {
    outbox.plain(item, value, 8)
    return true
  }
  if (outbox.shaped(item, value, encoder)) return true
  try {
    const encoded = encoder.encode(value)
    const transfer = encoder.takeTransfer()
    if (transfer?.some((buffer) => outbox.transfers(buffer)) === true) throw new Unsendable(value, MOVED_BEFORE)
    outbox.encoded(item, encoded, transfer)
    return true
  } catch (error) {
    if (!Unsendable.is(error)) throw error
    outbox.failure(item, refusal(error, value))
    return false
  }
}

/** Encodes the value that a task threw. */
export function encodeFailure(outbox: Outbox, item: number, fn: LoadedFunction, thrown: unknown): void {
  if (UnreadableRow.is(thrown)) {
    outbox.failure(item, { kind: 'unreadable', reason: thrown.message })
    return
  }
  if (UnreadableInput.is(thrown)) {
    outbox.failure(item, { kind: 'unsendable', direction: 'input', path: 'input', reason: thrown.message })
    return
  }
  outbox.failure(item, isStepFailure(thrown) ? failedStep(fn, thrown) : { kind: 'thrown', error: encode(fn, thrown) })
}

/** Encodes the value that a call with several inputs threw, as the failure of the first of them. */
export function encodeCallFailure(
  outbox: Outbox,
  first: number,
  call: number,
  fn: LoadedFunction,
  thrown: unknown,
): void {
  outbox.failure(first, { kind: 'thrown', error: encode(fn, thrown), call })
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
