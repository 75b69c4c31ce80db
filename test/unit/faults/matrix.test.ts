import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { BACKENDS, type CaseFunction } from '../../faults/case.js'
import { CLUSTER_FAULTS } from '../../faults/cluster.js'
import { FAULTS } from '../../faults/matrix.js'
import type { ShownBy } from '../../faults/row.js'
import { faultsPage } from '../../faults/table.js'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

/** The faults of the catalogue that can be met on one machine, and that must have a row. */
const REQUIRED = [...numbers(1, 50), ...['F67', 'F68', 'F69'], ...numbers(70, 72)]

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `F${from + i}`)
}

/** Fails unless a test with this name stands in the file. */
function assertShown(id: string, { file, test }: ShownBy): void {
  const path = join(ROOT, file)
  assert.ok(existsSync(path), `${id}: there is no ${file}`)
  const text = readFileSync(path, 'utf8')
  const names = [`'${test}'`, `"${test}"`, `\`${test}\``]
  assert.ok(
    names.some((name) => text.includes(name)),
    `${id}: ${file} has no test ${names[0]}`,
  )
}

describe('the matrix of faults', () => {
  it('has a row for each fault', () => {
    const ids = FAULTS.map(({ id }) => id)
    for (const id of REQUIRED) assert.ok(ids.includes(id), `${id} has no row`)
    assert.equal(new Set(ids).size, ids.length, 'a row is there twice')
  })

  it('has no empty cell, and a reason for every limit', () => {
    for (const { id, cells } of FAULTS) {
      for (const backend of BACKENDS) {
        const { cases, shownBy, status, why } = cells[backend]
        assert.ok(cases.length > 0 || shownBy !== undefined, `${id} ${backend} is empty`)
        assert.equal(status === 'limit', why !== undefined, `${id} ${backend}`)
      }
    }
  })

  it('names cases and tests that exist', async () => {
    for (const { id, cells } of FAULTS) {
      for (const { cases, shownBy } of Object.values(cells)) {
        for (const name of cases) {
          const [file, exportName] = name.split('/') as [string, string]
          const module = (await import(`../../faults/cases/${file}.js`)) as Record<string, CaseFunction>
          assert.equal(typeof module[exportName], 'function', `${id}: there is no case ${name}`)
        }
        if (shownBy !== undefined) assertShown(id, shownBy)
      }
    }
    for (const { id, shownBy } of CLUSTER_FAULTS) for (const one of shownBy) assertShown(id, one)
  })

  it('is what the documentation shows', () => {
    const page = readFileSync(join(ROOT, 'docs', 'faults.md'), 'utf8')
    assert.equal(page, faultsPage(FAULTS, CLUSTER_FAULTS), 'run node scripts/faults-table.mjs')
  })
})
