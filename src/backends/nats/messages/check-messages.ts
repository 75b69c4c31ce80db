import { types } from 'node:util'

import { isHash } from '../../../util/digest.ts'
import { KEY_BYTES } from '../../../wire/protocol/frames.ts'
import type { AgentWord } from './session-message.ts'

const TYPES = new Set([
  ...['ready', 'loaded', 'load-failed', 'started', 'cancelled'],
  ...['recall', 'keep', 'log', 'late-error', 'closed'],
])
/** More arguments than that has no call that is kept. */
const MAX_ARGUMENTS = 255
const NEWLINE = 0x0a
const REASONS = new Set(['exit', 'signal', 'oom', 'heartbeat'])

/** Tells if a message has the shape of a worker's frame. The values in it may be anything. */
export function checkWorkerMessage(message: unknown): boolean {
  if (Array.isArray(message)) return isDone(message)
  if (!isObject(message) || !TYPES.has(message['type'] as string)) return false
  const { fn, batch, offset, step, text, error, pid, version } = message
  switch (message['type']) {
    case 'ready':
      return isCount(pid) && isCount(version)
    case 'loaded':
      return isCount(fn)
    case 'load-failed':
      return isCount(fn) && isEncoded(error)
    case 'started':
    case 'cancelled':
      return isCount(batch) && isCount(offset)
    case 'recall':
      return isCount(message['call']) && isCount(fn) && isCount(message['step']) && isHashes(message['args'])
    case 'keep':
      return isCount(message['call']) && (message['result'] === undefined || isEncoded(message['result']))
    case 'log':
      return (
        typeof text === 'string' && (batch === undefined || isCount(batch)) && (step === undefined || isCount(step))
      )
    case 'late-error':
      return isEncoded(error)
    default:
      return true
  }
}

function isHashes(args: unknown): boolean {
  return isList(args) && args.length <= MAX_ARGUMENTS && args.every((hash) => hash === undefined || isHash(hash))
}

/** Outcomes, as `compactWorkerFrame` makes them. */
function isDone(message: readonly unknown[]): boolean {
  const [batch, offsets, ms, bytes, end, values, specials, failures, memory, times, taskMs, , ...journal] = message
  const [start, timed, keys] = journal
  if (!isCount(batch) || typeof ms !== 'number' || typeof bytes !== 'number' || typeof end !== 'boolean') return false
  if (![memory, taskMs, start].every(isNumberIfAny)) return false
  const length = lengthOf(values, isList(failures) ? failures.length : 0)
  if (length === undefined) return false
  return (
    (isCount(offsets) || (isList(offsets) && offsets.length === length && offsets.every(isCount))) &&
    (specials === undefined || (isList(specials) && specials.every((one) => isPlaced(one, length)))) &&
    (failures === undefined || (isList(failures) && failures.every((one) => isPlaced(one, length)))) &&
    (times === undefined || (isNumbers(times) && times.length === 2 * length)) &&
    (timed === undefined || (isNumbers(timed) && timed.length % 3 === 0)) &&
    (keys === undefined || (types.isUint8Array(keys) && keys.length === length * KEY_BYTES))
  )
}

/**
 * The number of outcomes in a column with so many failures; undefined for what is not a column. Values by shape are checked
 * when they are read.
 */
function lengthOf(values: unknown, failures: number): number | undefined {
  if (Array.isArray(values) || types.isFloat64Array(values)) return values.length
  if (isObject(values) && 'text' in values) {
    const { text, count } = values
    return isCount(count) && types.isUint8Array(text) && hasLines(text, count - failures) ? count : undefined
  }
  const count = isObject(values) && isList(values['shaped']) ? values['shaped'][0] : undefined
  return isCount(count) ? count : undefined
}

/** Returns true if a text has so many lines: with another number the results would be those of other inputs. */
function hasLines(text: Uint8Array, count: number): boolean {
  let lines = 0
  let end = 0
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, end)) {
    lines++
    end = at + 1
  }
  return lines === count && end === text.length
}

/** Something for one of the outcomes. */
function isPlaced(one: unknown, length: number): boolean {
  return isList(one) && isCount(one[0]) && one[0] < length && isObject(one[1])
}

/** Tells if a word is one that agents send. */
export function checkAgentWord(word: unknown): word is AgentWord {
  if (!isObject(word)) return false
  const { tell, id, running, staged, count, death, why } = word
  switch (tell) {
    case 'view':
      return isCount(id) && isList(running) && running.every(isRunning) && isList(staged) && staged.every(isItem)
    case 'begun':
      return isCount(id) && isCount(count)
    case 'leaving':
      return true
    case 'exit':
      return (
        isObject(death) &&
        REASONS.has(death['reason'] as string) &&
        (why === undefined || typeof why === 'string') &&
        (running === undefined || (isList(running) && running.every(isRunning)))
      )
    default:
      return false
  }
}

function isRunning(item: unknown): boolean {
  if (!isItem(item)) return false
  const { age, step, left } = item as Readonly<Record<string, unknown>>
  return (
    typeof age === 'number' && (step === undefined || isCount(step)) && (left === undefined || typeof left === 'number')
  )
}

function isItem(item: unknown): boolean {
  return isObject(item) && isCount(item['batch']) && isCount(item['offset'])
}

function isEncoded(value: unknown): boolean {
  return isObject(value) && (value['specials'] === undefined || isList(value['specials']))
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function isNumberIfAny(value: unknown): boolean {
  return value === undefined || typeof value === 'number'
}

function isNumbers(value: unknown): value is readonly number[] {
  return isList(value) && value.every((one) => typeof one === 'number')
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
