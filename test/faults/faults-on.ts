import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { BackendName } from './case.js'
import { FAULTS } from './matrix.js'
import type { Expected } from './row.js'
import { type CaseOutcome, runCase } from './run-case.js'

/** Fails unless a case ended as it should and left nothing behind. */
function check(outcome: CaseOutcome, expected: Expected): void {
  const told = `${outcome.failed ?? ''}\n${outcome.output}`
  assert.equal(outcome.timedOut, false, `it did not end by itself\n${told}\n${JSON.stringify(outcome.notes)}`)
  assert.equal(outcome.failed, undefined, told)
  const { code, signal } = outcome
  const how = JSON.stringify(signal === null ? { code } : { signal })
  assert.ok(expected.exits.map((exit) => JSON.stringify(exit)).includes(how), `it ended with ${how}\n${told}`)
  assert.equal(outcome.leaks.processes.length, expected.survivors, outcome.leaks.processes.join('\n'))
  assert.deepEqual(outcome.leaks.files, [], 'temporary files were left')
  if (!expected.reachesEnd) return
  const kept = outcome.done?.resources.filter((kind) => expected.handles?.includes(kind) !== true)
  assert.deepEqual(kept, [], 'something keeps the process alive')
}

/** Tests of all faults on a backend. */
export function faultsOn(backend: BackendName): void {
  describe(`faults: ${backend}`, () => {
    for (const row of FAULTS) {
      const cell = row.cells[backend]
      for (const name of cell.cases) {
        it(`${row.id} ${row.title}: ${backend}, ${cell.status} (${name})`, async () => {
          check(await runCase(name, backend, cell.options), cell.expected)
        })
      }
    }
  })
}
