import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import * as fc from 'fast-check'

import { readJournal } from '#manyhands/journal/lines/read-journal.js'

import { type BackendName, check } from './check.js'
import { rowScenarios, writeFiles } from './row-scenario.js'
import {
  asLines,
  checkOutcomes,
  checkValuesOfRows,
  linesOfRows,
  outcomesOfRows,
  outcomesOfValues,
  type ParsedRow,
  parsedRowsOf,
  type RowOutcome,
  supplyOf,
} from './rows-runs.js'

const RUNS: Readonly<Record<BackendName, number>> = { serial: 80, threads: 100, processes: 60 }

/** The rows that a job log tells of as successes. */
function succeededBy(log: string): Set<number> {
  const all = new Set<number>()
  const add = (task: number): void => {
    assert.ok(!all.has(task), `row ${task} succeeded twice`)
    all.add(task)
  }
  if (!existsSync(log)) return all
  for (const entry of readJournal(log)) {
    if (entry.kind === 'row' && entry.row.state === 'ok') add(entry.row.task)
    if (entry.kind === 'batch') for (let i = 0; i < entry.batch.count; i++) add(entry.batch.task + i)
  }
  return all
}

/** The properties of one backend. */
export function rowsOutcomes(backend: BackendName): void {
  describe(`rows have the outcomes that their values have: ${backend}`, () => {
    let root = ''
    before(() => {
      root = mkdtempSync(join(tmpdir(), 'manyhands-rows-'))
    })
    after(() => rmSync(root, { recursive: true, force: true }))

    it('as values and as lines of JSON', async () => {
      await check(
        rowScenarios(backend),
        async (scenario) => {
          const files = writeFiles(scenario, root)
          const rows = await parsedRowsOf(await supplyOf(files))
          const expected = await outcomesOfValues(scenario, rows, backend)
          checkOutcomes(scenario, await outcomesOfRows(scenario, await supplyOf(files), backend), expected)
          checkOutcomes(scenario, await linesOfRows(scenario, await supplyOf(files), backend), asLines(expected, rows))
        },
        RUNS[backend],
      )
    })

    it('whatever a failure means, and however they are read', async () => {
      await check(
        rowScenarios(backend),
        async (scenario) => {
          const files = writeFiles(scenario, root)
          const expected = await outcomesOfValues(scenario, await parsedRowsOf(await supplyOf(files)), backend)
          await checkValuesOfRows(scenario, () => supplyOf(files), backend, expected)
        },
        RUNS[backend] / 4,
      )
    })

    it('a journal leaves out what succeeded, however far a run came, and nothing else', async () => {
      await check(
        fc.tuple(rowScenarios(backend), fc.constantFrom(1, 3, 20, 100, Infinity, Infinity), fc.boolean()),
        async ([scenario, limit, asValues]) => {
          const files = writeFiles(scenario, root)
          const rows = await parsedRowsOf(await supplyOf(files))
          const journal = join(mkdtempSync(join(root, 'log-')), 'log.jsonl')
          const first = asValues
            ? await outcomesOfValues(scenario, rows, backend, { journal })
            : await outcomesOfRows(scenario, await supplyOf(files), backend, { journal }, limit)
          // In a run over values, another value stands for a row that cannot be read.
          const done = [...succeededBy(journal)].filter((index) => 'value' in (rows[index] as ParsedRow))
          for (const one of first)
            if (one.status === 'fulfilled')
              assert.ok(done.includes(one.index), `row ${one.index} is not in the journal`)
          const all = await outcomesOfValues(scenario, rows, backend)
          const second = await outcomesOfRows(scenario, await supplyOf(files), backend, { journal })
          const taken = takenBy(done, rows, all, (row) => keyOf(row, asValues))
          const left = all.filter(({ index }) => !taken.has(index))
          checkOutcomes(scenario, second, left)
        },
        RUNS[backend] / 2,
      )
    })
  })
}

/** The identity of a row. */
function keyOf(row: ParsedRow, asValues: boolean): string {
  return asValues && 'value' in row ? JSON.stringify(row.value) : `${row.kind} ${row.text}`
}

/** The rows that successes count for: each for the first row of its key that there is. */
function takenBy(
  done: readonly number[],
  rows: readonly ParsedRow[],
  all: readonly RowOutcome[],
  key: (row: ParsedRow) => string,
): Set<number> {
  const counts = new Map<string, number>()
  for (const index of done) {
    const own = key(rows[index] as ParsedRow)
    counts.set(own, (counts.get(own) ?? 0) + 1)
  }
  const taken = new Set<number>()
  for (const { index } of all.toSorted((a, b) => a.index - b.index)) {
    const own = key(rows[index] as ParsedRow)
    const count = counts.get(own) ?? 0
    if (count === 0) continue
    counts.set(own, count - 1)
    taken.add(index)
  }
  return taken
}
