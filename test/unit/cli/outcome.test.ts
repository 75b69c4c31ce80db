import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { exitCodeOf, type Outcome, outcomeJson, tellOutcome } from '#manyhands/cli/batch/outcome.js'
import { Screen } from '#manyhands/cli/report/screen.js'

const WHOLE: Outcome = {
  ok: 3,
  cached: 0,
  cacheCounts: 'results',
  failed: 0,
  badRows: 0,
  skipped: 0,
  missing: 0,
  notDone: 0,
  elapsedMs: 500,
  workMs: undefined,
  problem: undefined,
  interrupted: undefined,
  endedBy: undefined,
  run: 'calm-otter-41',
  log: undefined,
  output: undefined,
  cache: undefined,
  steps: undefined,
}
const PROBLEM = { message: 'no module', exitCode: 3 }

/** What a person sees of an outcome, without colors. */
function said(outcome: Partial<Outcome>): string {
  const lines: string[] = []
  const screen = new Screen()
  screen.printWith((_, text) => lines.push(text))
  tellOutcome({ ...WHOLE, ...outcome }, screen)
  // oxlint-disable-next-line no-control-regex -- of colors
  return lines.join('').replaceAll(/\u001B\[\d+m/g, '')
}

describe('the outcome of a run', () => {
  for (const [what, outcome, exitCode, endedBy, words] of [
    ['came to its end', {}, 0, undefined, /^✔ 3 ok in 0\.5s/],
    ['had failures', { failed: 1 }, 1, undefined, /^✔ 3 ok, 1 failed in 0\.5s/],
    ['missed inputs to retry', { missing: 1 }, 1, undefined, /^✔ 3 ok/],
    ['was halted', { endedBy: 'halt', failed: 1 }, 4, 'halt', /^✖ halted after 0\.5s: 3 ok, 1 failed/],
    ['was out of time', { endedBy: 'deadline', notDone: 2 }, 124, 'deadline', /^✖ out of time after .* 2 not done/],
    ['was out of time before it began', { endedBy: 'deadline', problem: PROBLEM }, 124, 'deadline', /^✖ out of time/],
    ['was left in the debugger', { endedBy: 'quit' }, 130, 'quit', /^✖ quit after/],
    ['was interrupted', { interrupted: 130 }, 130, 'interrupted', /^✖ interrupted after/],
    ['was terminated while it halted', { interrupted: 143, endedBy: 'halt' }, 143, 'interrupted', /^✖ interrupted/],
    ['met an error', { problem: PROBLEM }, 3, 'error', /^✖ ended after/],
  ] as const) {
    it(`of one that ${what} has exit code ${exitCode}`, () => {
      const whole: Outcome = { ...WHOLE, ...outcome }
      assert.equal(exitCodeOf(whole), exitCode)
      const json = JSON.parse(outcomeJson(whole)) as { endedBy?: string; exitCode: number }
      assert.deepEqual([json.endedBy, json.exitCode], [endedBy, exitCode])
      assert.match(said(outcome), words)
    })
  }

  it('names the next command: retry for failures, --resume for rows to fix and for runs that ended early', () => {
    assert.match(said({ failed: 2 }), /\n {2}retry the failures: manyhands retry calm-otter-41\n$/)
    assert.match(said({ failed: 1, badRows: 1 }), /\n {2}after fixing the rows: add --resume=calm-otter-41\n$/)
    assert.match(said({ endedBy: 'halt', failed: 1 }), /\n {2}resume: add --resume=calm-otter-41\n$/)
    assert.doesNotMatch(said({ failed: 2, run: undefined }), /retry|resume/)
  })

  it('counts what came from the cache: results, or calls of a workflow', () => {
    assert.match(said({ cached: 2 }), /^✔ 3 ok \(2 from the cache\) in/)
    const calls = said({ cached: 6, cacheCounts: 'calls', cache: 'kept' })
    assert.match(calls, /^✔ 3 ok in [^]*\n {2}6 calls from the cache kept\n$/)
  })
})
