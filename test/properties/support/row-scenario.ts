import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import * as fc from 'fast-check'

import type { RowFormatName } from '#manyhands/rows/cut/row-cutter.js'

import type { BackendName } from './check.js'
import { RESULT_NAMES, type RowPlan } from './row-act.js'

type Format = RowFormatName | 'json'

/** Text that is in a row for its bytes only, and what stands around the row. */
interface RowLook {
  /** Characters of padding, and how often they are repeated. */
  readonly pad: string
  readonly times: number
  /** Lines without a row before it. */
  readonly blank: string | undefined
  /** Bytes in place of the row: it can perhaps not be read. */
  readonly bad: string | undefined
}

type PlannedRow = Omit<RowPlan, 'id'> & RowLook

interface RowFilePlan {
  readonly format: Format
  readonly isCompressed: boolean
  /** It was written long ago, so that other processes may read it, too. */
  readonly isSettled: boolean
  readonly rows: readonly PlannedRow[]
  /** All rows come so many times. */
  readonly times: number
  readonly hasMark: boolean
  readonly hasReturns: boolean
  readonly endsWithNewline: boolean
}

/** A run over files of rows. */
export interface RowScenario {
  readonly files: readonly RowFilePlan[]
  readonly spread: boolean
  readonly args: readonly unknown[]
  readonly workers: number
  readonly concurrency: number
  readonly batch: number | 'auto'
  readonly window: number | undefined
  readonly ordered: boolean
  readonly retries: number
  readonly workerDeaths: number
  readonly timeout: number | undefined
  /** Rows whose number this divides are skipped; 0: none. */
  readonly skip: number
  /** Events are listened to. */
  readonly hasEvents: boolean
}

/** Milliseconds: long enough for whatever else a task does on a busy machine. */
const TIMEOUT_MS = 1_200

const deeds = (backend: BackendName): fc.Arbitrary<Pick<RowPlan, 'does' | 'n'>> => {
  const one = (does: string, min = 0, max = 0): fc.Arbitrary<Pick<RowPlan, 'does' | 'n'>> =>
    fc.record({ does: fc.constant(does), n: fc.integer({ min, max }) })
  const results = fc.record({ does: fc.constantFrom(...RESULT_NAMES), n: fc.integer({ min: 0, max: 3 }) })
  const quick = fc.record({ does: fc.constantFrom('object', 'number', 'text', 'args'), n: fc.nat(5) })
  return fc.oneof(
    { weight: 30, arbitrary: quick },
    { weight: 12, arbitrary: results },
    { weight: 2, arbitrary: one('throws', 1, 3) },
    { weight: 1, arbitrary: one('throws nothing') },
    { weight: 2, arbitrary: one('rejects', 0, 2) },
    { weight: 2, arbitrary: one('waits', 0, 3) },
    { weight: 2, arbitrary: one('works', 1, 3) },
    { weight: 1, arbitrary: one(backend === 'serial' ? 'throws' : 'exits', 1, 2) },
    { weight: 1, arbitrary: one('hangs') },
    { weight: 1, arbitrary: one(backend === 'serial' ? 'hangs' : 'spins') },
  )
}

const BAD = ['{oops', '1 2', '[1', '"\xFF"', '\xC3(', '1,2,3,4,5,6', '"x', 'x"y', '"x"y', '\0', '\uFEFF1', 'null', '[]']

const look: fc.Arbitrary<RowLook> = fc.record({
  pad: fc.constantFrom('', 'x', 'é', ',', '"', '\t', ' ', '{}', '\\', '\u2028'),
  times: fc.oneof(
    { weight: 30, arbitrary: fc.nat(40) },
    { weight: 1, arbitrary: fc.integer({ max: 300_000, min: 0 }) },
  ),
  blank: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom('', '  ', '\n', '\u00A0') },
  ),
  bad: fc.oneof({ weight: 14, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...BAD) }),
})

const file = (backend: BackendName): fc.Arbitrary<RowFilePlan> =>
  fc.record({
    format: fc.constantFrom<Format>('jsonl', 'jsonl', 'jsonl', 'lines', 'csv', 'tsv', 'null', 'json'),
    isCompressed: fc.constantFrom(false, false, false, true),
    isSettled: fc.boolean(),
    rows: fc.array(
      fc.tuple(deeds(backend), look).map(([deed, one]) => ({ ...deed, ...one })),
      { maxLength: 50, size: 'max' },
    ),
    times: fc.constantFrom(1, 1, 1, 40),
    hasMark: fc.boolean(),
    hasReturns: fc.boolean(),
    endsWithNewline: fc.boolean(),
  })

/** Runs of all kinds over rows of all kinds. */
export function rowScenarios(backend: BackendName): fc.Arbitrary<RowScenario> {
  return fc
    .record({
      files: fc.array(file(backend), { minLength: 1, maxLength: 3 }),
      spread: fc.constantFrom(false, false, false, true),
      args: fc.constantFrom([], [], ['constant'], [1, { b: 2 }]),
      workers: fc.integer({ min: 1, max: 3 }),
      concurrency: fc.constantFrom(1, 1, 2, 5),
      batch: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 20 })),
      window: fc.oneof(fc.constant(undefined), fc.constant(Infinity), fc.integer({ min: 1, max: 60 })),
      ordered: fc.boolean(),
      retries: fc.integer({ min: 0, max: 2 }),
      workerDeaths: fc.integer({ min: 0, max: 2 }),
      timeout: fc.oneof(
        { weight: 14, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constant(TIMEOUT_MS) },
      ),
      skip: fc.constantFrom(0, 0, 0, 2, 7),
      hasEvents: fc.constantFrom(false, false, true),
    })
    .map(decided)
}

/** Takes out what makes outcomes a matter of luck, and what takes long: see `decided` of other scenarios. */
function decided(scenario: RowScenario): RowScenario {
  const { concurrency, timeout } = scenario
  let deaths = 0
  let hanging = 0
  const doing = (row: PlannedRow, times: number): PlannedRow => {
    const { does } = row
    const isSlow = times > 1 && ['waits', 'works', 'rejects'].includes(does)
    const dies = does === 'exits' && (concurrency > 1 || times > 1 || deaths++ > 2)
    const stops = does === 'hangs' || (does === 'spins' && concurrency === 1)
    const hangs =
      (does === 'hangs' || does === 'spins') && (!stops || timeout === undefined || times > 1 || hanging++ > 0)
    return isSlow || dies || hangs ? { ...row, does: 'object' } : row
  }
  const files = scenario.files.map((one): RowFilePlan => {
    const rows = one.rows.map((row) => doing(row, one.times))
    return { ...one, rows, format: scenario.spread ? 'jsonl' : one.format }
  })
  // Each attempt of a task that hangs takes as long as the timeout.
  return { ...scenario, files, retries: hanging > 0 ? 0 : scenario.retries }
}

/** In seconds since 1970. */
const LONG_AGO = 1_000_000_000

const EXTENSIONS: Readonly<Record<Format, string>> = {
  jsonl: 'jsonl',
  json: 'json',
  lines: 'txt',
  csv: 'csv',
  tsv: 'tsv',
  null: 'lst',
}

/** Writes the files of a scenario; returns their paths and formats. */
export function writeFiles(
  { files, spread }: RowScenario,
  root: string,
): { readonly path: string; readonly format: Format }[] {
  const folder = mkdtempSync(join(root, 'files-'))
  let id = 0
  return files.map((one, number) => {
    const path = join(folder, `${number}.${EXTENSIONS[one.format]}${one.isCompressed ? '.gz' : ''}`)
    const rows = Array.from({ length: one.times }, (_, time) =>
      // Long rows come once.
      one.rows.map((row) => (time > 0 && row.times > 1_000 ? { ...row, times: 40 } : row)),
    ).flat()
    const bytes = bytesOf(one, rows, spread, () => id++)
    writeFileSync(path, one.isCompressed ? gzipSync(bytes) : bytes)
    if (one.isSettled) utimesSync(path, LONG_AGO, LONG_AGO)
    return { path, format: one.format }
  })
}

function bytesOf(
  { format, hasMark, hasReturns, endsWithNewline }: RowFilePlan,
  rows: readonly PlannedRow[],
  spread: boolean,
  nextId: () => number,
): Buffer {
  // Nothing in JSON may be wrong: it is read as a whole.
  if (format === 'json')
    return Buffer.from(
      `[${rows.map((row) => textOf('jsonl', row, spread, nextId())).join(hasReturns ? ',\r\n' : ',')} ]`,
    )
  const end = format === 'null' ? '\0' : hasReturns ? '\r\n' : '\n'
  const lines: Buffer[] = []
  if (format === 'csv') lines.push(Buffer.from('id,"does",n,pad'))
  if (format === 'tsv') lines.push(Buffer.from('id\tdoes\tn\tpad'))
  for (const row of rows) {
    const id = nextId()
    if (row.blank !== undefined) lines.push(Buffer.from(row.blank))
    lines.push(row.bad === undefined ? Buffer.from(textOf(format, row, spread, id)) : Buffer.from(row.bad, 'latin1'))
  }
  const parts = lines.flatMap((line, i) =>
    i === lines.length - 1 && !endsWithNewline ? [line] : [line, Buffer.from(end)],
  )
  return Buffer.concat([Buffer.from(hasMark ? '\uFEFF' : ''), ...parts])
}

function textOf(format: Format, row: PlannedRow, spread: boolean, number: number): string {
  const { does, n, times } = row
  const pad = row.pad.repeat(times)
  // Rows with the same bytes are found, too.
  const id = row.times % 5 === 0 ? number % 3 : number
  switch (format) {
    case 'jsonl':
      if (spread) return JSON.stringify([id, does, n, pad])
      return id % 4 === 0 ? `  ${JSON.stringify(`${id}|${does}|${n}|${pad}`)} ` : JSON.stringify({ id, does, n, pad })
    case 'csv':
      return `${id},"${does}",${n},"${pad.replaceAll('"', '""')}"`
    case 'tsv':
      return `${id}\t${does}\t${n}\t${pad.replaceAll(/[\t"]/g, '-')}`
    default:
      return `${id}|${does}|${n}|${pad}`
  }
}

/** The options of the run. */
export function rowOptionsOf(scenario: RowScenario, backend: BackendName) {
  const { workers, concurrency, batch, window, ordered, retries, workerDeaths, timeout, skip, spread, args } = scenario
  return {
    backend,
    workers,
    concurrency,
    batch,
    ordered,
    retries,
    workerDeaths,
    args,
    ...(spread && { spread: true as const }),
    ...(window !== undefined && { window }),
    ...(timeout !== undefined && { timeout }),
    ...(skip > 0 && { skip: (_: unknown, index: number) => index % skip === 0 }),
  }
}
