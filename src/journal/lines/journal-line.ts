import { ROW_KEY_BYTES } from '../../rows/keys/row-keys.ts'
import type { KeyKind } from '../keys/key-counts.ts'

/** The outcomes of an attempt, in the order in which summaries list them. */
export const ROW_STATES = ['ok', 'cached', 'skipped', 'failed', 'timeout', 'crashed', 'aborted'] as const

export type RowState = (typeof ROW_STATES)[number]

/** The head of a run: the lines below it, up to the next head, are of this run. */
export interface RunLine {
  readonly v: 2
  readonly type: 'run'
  readonly run: string
  /** Identifies the function with all that it uses. */
  readonly code: string
  /** The secret of the keys of rows, in base64; the same in all runs of a journal. */
  readonly rowKey?: string
  readonly host: string
  /** Milliseconds since 1970, as all times. */
  readonly started: number
  readonly [fact: string]: unknown
}

/** A worker appears in a run, or is gone. */
export interface WorkerLine {
  readonly v: 2
  readonly type: 'worker'
  readonly event: 'start' | 'exit'
  readonly worker: number
  readonly slot: number
  readonly pid: number | null
  readonly host: string
  readonly at: number
  /** The cause of its death; absent if it was ended on purpose. */
  readonly reason?: string
}

/** One attempt. */
export interface AttemptLine {
  readonly v: 2
  /** The position of the input in its run. */
  readonly task: number
  readonly key: string
  readonly input?: unknown
  /** `input` is only a part of it, or a description. */
  readonly cut?: true
  readonly attempt: number
  readonly state: RowState
  /** Null if the worker could not tell. */
  readonly start: number | null
  readonly ms: number | null
  readonly worker: number | null
  /** In a pipeline: the step that failed. */
  readonly step?: string
  /** In a pipeline: milliseconds of each step; null if it did not run. */
  readonly steps?: readonly (number | null)[]
  /** The task runs again. */
  readonly again?: true
  /** The end of the line of its result in the run's output, in bytes. */
  readonly out?: number
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string | undefined } | undefined
}

/** Quick successes of consecutive inputs, at their first attempt in one worker. `keys`: in the file as base64. */
export interface BatchLine {
  readonly v: 2
  /** The position of the first input. */
  readonly task: number
  readonly count: number
  readonly state: 'ok'
  /** 16 bytes for each input. */
  readonly keys: Uint8Array
  readonly of: KeyKind
  readonly start: number | null
  /** Of all of them together. */
  readonly ms: number | null
  readonly worker: number | null
  /** The end of the line of the last result in the run's output, in bytes. */
  readonly out?: number
}

/** The state of a run at one moment. */
export interface SampleLine {
  readonly v: 2
  readonly type: 'sample'
  readonly at: number
  readonly [amount: string]: unknown
}

/** The end of a run, with its sums. */
export interface EndLine {
  readonly v: 2
  readonly type: 'end'
  readonly at: number
  readonly [sum: string]: unknown
}

/** An attempt as version 1 wrote it, with the facts of its run. */
export interface OldLine extends Omit<AttemptLine, 'v'> {
  readonly v: 1
  readonly run: string
  readonly code: string
  readonly pid: number | null
  readonly host: string
}

export type JournalLine = RunLine | WorkerLine | AttemptLine | BatchLine | SampleLine | EndLine | OldLine

/** The beginning of a line of several successes, as far as its keys. */
const BATCH = /^\{"v":2,"task":\d+,"count":\d+,"state":"ok","keys":"/
/** Characters of that beginning, at most. */
const BATCH_START = 100
const QUOTE = 0x22

/** Parses a line; undefined if it is not one of a journal. Other fields are ignored. */
export function parseLine(bytes: Buffer): JournalLine | undefined {
  try {
    return parseBatch(bytes) ?? parseAny(bytes.toString())
  } catch {
    return undefined
  }
}

/** Parses a line of several successes as this version writes it. Its keys, nearly all of it, are not parsed as JSON. */
function parseBatch(bytes: Buffer): BatchLine | undefined {
  const start = BATCH.exec(bytes.toString('latin1', 0, BATCH_START))?.[0].length
  if (start === undefined) return undefined
  const end = bytes.indexOf(QUOTE, start)
  if (end < 0) return undefined
  const line = JSON.parse(bytes.toString('latin1', 0, start) + bytes.toString('utf8', end)) as Record<string, unknown>
  return withKeys(line, bytes.toString('latin1', start, end))
}

function parseAny(text: string): JournalLine | undefined {
  const line = JSON.parse(text) as Record<string, unknown> | null
  if (typeof line !== 'object' || line === null) return undefined
  if (line['v'] === 2 && line['type'] === undefined && 'count' in line)
    return isText(line['keys']) ? withKeys(line, line['keys']) : undefined
  return isLine(line) ? (line as unknown as JournalLine) : undefined
}

/** Makes a line of several successes of its fields and its keys in base64; undefined if it is none. */
function withKeys(line: Record<string, unknown>, base64: string): BatchLine | undefined {
  if (!isBatch(line)) return undefined
  const keys = Buffer.from(base64, 'base64')
  return keys.length === line.count * ROW_KEY_BYTES ? { ...line, keys } : undefined
}

/** Rounds a time in milliseconds as journals do; null if it is not known. */
export function thousandths(ms: number): number | null {
  return Number.isNaN(ms) ? null : Math.round(ms * 1_000) / 1_000
}

function isLine(line: Record<string, unknown>): boolean {
  if (line['v'] === 1) return isAttempt(line) && isText(line['run']) && isText(line['code'])
  if (line['v'] !== 2) return false
  switch (line['type']) {
    case undefined:
      return isAttempt(line)
    case 'run':
      return isText(line['run']) && isText(line['code']) && isText(line['host']) && isTime(line['started'])
    case 'worker':
      return isWorker(line)
    case 'sample':
    case 'end':
      return isTime(line['at'])
    default:
      return false
  }
}

function isWorker({ event, worker, pid = null, host, at }: Record<string, unknown>): boolean {
  return (
    (event === 'start' || event === 'exit') &&
    isCount(worker) &&
    (pid === null || isCount(pid)) &&
    isText(host) &&
    isTime(at)
  )
}

function isAttempt(line: Record<string, unknown>): boolean {
  return (
    isCount(line['task']) &&
    isText(line['key']) &&
    isCount(line['attempt']) &&
    (ROW_STATES as readonly unknown[]).includes(line['state']) &&
    isTimed(line)
  )
}

function isBatch(line: Record<string, unknown>): line is Record<string, unknown> & Omit<BatchLine, 'keys'> {
  const { task, count } = line
  return (
    isCount(task) &&
    isCount(count) &&
    count > 0 &&
    isCount(task + count) &&
    line['state'] === 'ok' &&
    (line['of'] === 'row' || line['of'] === 'value') &&
    isTimed(line)
  )
}

function isTimed({ start = null, ms = null, worker = null, out = 0 }: Record<string, unknown>): boolean {
  return (
    (start === null || isTime(start)) &&
    (ms === null || (isTime(ms) && ms >= 0)) &&
    (worker === null || isCount(worker)) &&
    isCount(out)
  )
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value)
}
