import assert from 'node:assert/strict'
import { inspect } from 'node:util'

import { BatchError, type SettledRecord } from '#manyhands/errors/run-errors.js'
import { TaskError, UnreadableRowError } from '#manyhands/errors/task-errors.js'
import type { FileFormat } from '#manyhands/files/file-format.js'
import { openRowFile, readOptionsFor } from '#manyhands/files/open-row-file.js'
import { RowFiles } from '#manyhands/files/row-files.js'
import { map } from '#manyhands/map/map.js'
import type { RunEvent } from '#manyhands/observe/event-observer.js'
import { TextRun } from '#manyhands/pool/jobs/text-run.js'
import { jsonLine } from '#manyhands/rows/json-line.js'
import { rowParser } from '#manyhands/rows/parse/row-parser.js'
import type { RowSupply } from '#manyhands/rows/row-supply.js'
import { UnreadableRow } from '#manyhands/rows/unreadable-row.js'
import type { Results } from '#manyhands/run/outcomes/results.js'
import '#manyhands/compose.js'

import type { BackendName } from './check.js'
import { rowAct } from './row-act.js'
import { type RowScenario, rowOptionsOf } from './row-scenario.js'

/** An outcome, as far as it is the same every time. */
export type RowOutcome =
  | { readonly status: 'fulfilled'; readonly index: number; readonly value: unknown }
  | {
      readonly status: 'rejected'
      readonly index: number
      readonly code: string
      readonly attempts: number
      readonly cause: unknown
      readonly input: unknown
    }

/** A row as it is parsed here, or why it cannot be. */
export type ParsedRow = { readonly text: string; readonly kind: string } & (
  | { readonly value: unknown }
  | { readonly position: string; readonly reason: string }
)

export interface RowFileName {
  readonly path: string
  readonly format: FileFormat
}

/** The rows of some files. */
export async function supplyOf(files: readonly RowFileName[]): Promise<RowSupply> {
  const opened = await Promise.all(
    files.map(({ path, format }) => openRowFile(path, readOptionsFor(path, { format, warn: () => {} }))),
  )
  return new RowFiles(opened)
}

/** Parses rows in this thread. */
export async function parsedRowsOf(supply: RowSupply): Promise<ParsedRow[]> {
  const all: ParsedRow[] = []
  for await (const block of supply.blocks()) {
    const parse = rowParser(block.format, block.bytes)
    for (let row = 0; row < block.bounds.length / 2; row++) {
      const [start = 0, end = 0] = block.bounds.subarray(2 * row)
      const about = { text: block.bytes.toString('utf8', start, end), kind: JSON.stringify(block.format) }
      try {
        all.push({ ...about, value: parse(start, end) })
      } catch (error) {
        assert.ok(error instanceof UnreadableRow)
        all.push({ ...about, position: `${block.name}:${block.lineOf(row)}`, reason: error.message })
      }
    }
  }
  return all
}

/** Stands for a row that cannot be read in a run over values. */
const UNREADABLE = '0|number|0|unreadable'

type AnyMap = (inputs: unknown, fn: unknown, options: object) => Results<unknown>
const anyMap = map as unknown as AnyMap

/** The outcomes of a run over values that were parsed here: those that rows must have, too. */
export async function outcomesOfValues(
  scenario: RowScenario,
  rows: readonly ParsedRow[],
  backend: BackendName,
  more: object = {},
): Promise<RowOutcome[]> {
  const values = rows.map((row) => ('value' in row ? row.value : UNREADABLE))
  const outcomes = await settledOf(anyMap(values, rowAct, { ...rowOptionsOf(scenario, backend), ...more }))
  return outcomes.map((one) => {
    const row = rows[one.index] as ParsedRow
    if ('value' in row) return one
    return {
      status: 'rejected',
      index: one.index,
      code: 'MH_ROW_UNREADABLE',
      attempts: 1,
      cause: row.reason,
      input: row.text,
    }
  })
}

/** The outcomes of a run over rows; `more`: other options. Ends after `limit` of them. */
export async function outcomesOfRows(
  scenario: RowScenario,
  rows: RowSupply,
  backend: BackendName,
  more: object = {},
  limit = Infinity,
): Promise<RowOutcome[]> {
  const events = new LastEvents(scenario)
  const options = { ...rowOptionsOf(scenario, backend), ...events.option, ...more }
  const came = await settledOf(anyMap(rows, rowAct, options), limit)
  if (limit === Infinity) events.check(came)
  return came
}

/** The events that end rows. */
class LastEvents {
  readonly option: { readonly onEvent?: (event: RunEvent) => void }
  readonly #last = new Map<number, RunEvent>()

  constructor({ hasEvents }: RowScenario) {
    this.option = hasEvents ? { onEvent: (event) => this.#take(event) } : {}
  }

  /** Fails unless each outcome was told once. */
  check(outcomes: readonly RowOutcome[]): void {
    if (this.option.onEvent === undefined) return
    assert.equal(this.#last.size, outcomes.length)
    for (const { index, status } of outcomes)
      assert.equal(this.#last.get(index)?.type, status === 'fulfilled' ? 'done' : 'failed')
  }

  #take(event: RunEvent): void {
    if (event.type !== 'done' && event.type !== 'failed') return
    const { index } = event.task
    assert.ok(!this.#last.has(index), `row ${index} ended twice`)
    this.#last.set(index, event)
  }
}

async function settledOf(run: Results<unknown>, limit = Infinity): Promise<RowOutcome[]> {
  const came: RowOutcome[] = []
  for await (const record of run.settled()) {
    came.push(seen(record))
    if (came.length >= limit) break
  }
  return came
}

function seen(record: SettledRecord): RowOutcome {
  if (record.status === 'fulfilled') return { status: 'fulfilled', index: record.index, value: record.value }
  assert.equal(record.reason.task.index, record.index)
  return failed(record.reason)
}

function failed(reason: TaskError): RowOutcome {
  const { code, attempts, cause, input, task } = reason
  const why =
    reason instanceof UnreadableRowError
      ? reason.reason
      : cause instanceof Error
        ? `${cause.name}: ${cause.message}`
        : (cause ?? reason.message)
  return { status: 'rejected', index: task.index, code, attempts, cause: why, input }
}

/** The outcomes of a run whose results are made into lines of JSON by the workers, as the command reads them. */
export async function linesOfRows(scenario: RowScenario, rows: RowSupply, backend: BackendName): Promise<RowOutcome[]> {
  const FAILED = Symbol('failed')
  const failures = new Map<number, RowOutcome>()
  const events = new LastEvents(scenario)
  const run = anyMap(rows, rowAct, {
    ...rowOptionsOf(scenario, backend),
    ...events.option,
    onError: (error: TaskError) => {
      assert.ok(!failures.has(error.task.index), `row ${error.task.index} failed twice`)
      failures.set(error.task.index, failed(error))
      return FAILED
    },
  })
  const came: RowOutcome[] = []
  for await (const { values, indexes } of run.lines())
    for (const [i, value] of values.entries()) {
      const index = indexes[i] as number
      if (value === FAILED) came.push(failures.get(index) as RowOutcome)
      else if (value instanceof TextRun) came.push(...linesOf(value, index))
      else came.push(lineOf(index, value))
    }
  events.check(came)
  return came
}

/** Reads a run over rows as values, with each meaning of a failure, and checks what comes. */
export async function checkValuesOfRows(
  scenario: RowScenario,
  supply: () => Promise<RowSupply>,
  backend: BackendName,
  expected: readonly RowOutcome[],
): Promise<void> {
  const run = (rows: RowSupply, onError: unknown): Results<unknown> =>
    anyMap(rows, rowAct, { ...rowOptionsOf(scenario, backend), onError })
  const failures = expected.filter(({ status }) => status === 'rejected')
  const values = (of: readonly RowOutcome[]): unknown[] =>
    of.map((one) => (one.status === 'fulfilled' ? one.value : one.code))
  const sorted = (all: readonly unknown[]): unknown[] => (scenario.ordered ? [...all] : all.map(asText).toSorted())

  const replaced = await run(await supply(), (error: TaskError) => error.code)
  assert.deepStrictEqual(sorted(replaced), sorted(values(expected)))

  const batches: unknown[] = []
  const first = await (async () => {
    for await (const batch of run(await supply(), 'throw').batches()) batches.push(...batch)
  })().then(
    () => undefined,
    (error: unknown) => error,
  )
  const fine = expected.filter(({ status }) => status === 'fulfilled')
  if (failures.length === 0) {
    assert.equal(first, undefined)
    assert.deepStrictEqual(sorted(batches), sorted(values(fine)))
  } else {
    assert.ok(first instanceof TaskError, String(first))
    assert.ok(
      failures.some((one) => one.index === first.task.index && one.status === 'rejected' && one.code === first.code),
    )
    if (scenario.ordered) assert.deepStrictEqual(batches, values(fine.slice(0, batches.length)))
    else assert.ok(batches.length <= fine.length)
  }

  const collected: unknown = await run(await supply(), 'collect').catch((error: unknown) => error)
  if (failures.length === 0) assert.deepStrictEqual(sorted(collected as unknown[]), sorted(values(fine)))
  else {
    assert.ok(collected instanceof BatchError, String(collected))
    assert.equal(collected.errors.length, failures.length)
    checkOutcomes(scenario, (collected.results as SettledRecord[]).map(seen), expected)
  }
}

/** A text of a value, the same for equal ones: the stacks of errors are not. */
function asText(value: unknown): string {
  try {
    return jsonLine(value)
  } catch {
    return inspect(value, { depth: null })
  }
}

function linesOf(run: TextRun, index: number): RowOutcome[] {
  assert.equal(run.index, index)
  const lines = Buffer.from(run.text).toString().split('\n')
  assert.equal(lines.pop(), '')
  assert.equal(lines.length, run.count)
  return lines.map((line, i) => ({ status: 'fulfilled', index: index + i, value: `${line}\n` }))
}

function lineOf(index: number, value: unknown): RowOutcome {
  return { status: 'fulfilled', index, value: jsonLine(value) }
}

/** Results as lines of JSON; those that cannot be written are failures of their rows. */
export function asLines(outcomes: readonly RowOutcome[], rows: readonly ParsedRow[]): RowOutcome[] {
  return outcomes.map((one) => {
    if (one.status === 'rejected') return one
    try {
      return lineOf(one.index, one.value)
    } catch (error) {
      const cause = `TypeError: its result cannot be written as JSON: ${(error as Error).message}`
      const { value: input } = rows[one.index] as { readonly value: unknown }
      return { status: 'rejected', index: one.index, code: 'MH_TASK_FAILED', attempts: 1, cause, input }
    }
  })
}

/** Fails unless outcomes are those that were expected, once each, and in order if that is asked for. */
export function checkOutcomes(
  { ordered }: RowScenario,
  came: readonly RowOutcome[],
  expected: readonly RowOutcome[],
): void {
  const order = (all: readonly RowOutcome[]): readonly RowOutcome[] => all.toSorted((a, b) => a.index - b.index)
  const [have, want] = ordered ? [came, expected] : [order(came), order(expected)]
  assert.deepEqual(
    have.map(({ index }) => index),
    want.map(({ index }) => index),
  )
  for (const [i, one] of have.entries()) assert.deepStrictEqual(one, want[i])
}
