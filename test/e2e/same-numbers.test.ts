import assert from 'node:assert/strict'

import { freePort } from '../support/broker.js'
import { endedWith, inProject, usePackage } from './support/project.js'

usePackage()

/** Sums of tasks, as each place tells them. */
interface Sums {
  readonly ok: number
  readonly failed: number
  readonly attempts?: number
}

const TASKS = `
import { existsSync, writeFileSync } from 'node:fs'
export function odd(n) {
  if (n % 10 === 3) throw new RangeError('always')
  if (n % 10 === 5 && !existsSync('tried-' + n)) {
    writeFileSync('tried-' + n, '')
    throw new Error('once')
  }
  if (n === 17) process.exit(3)
  if (n === 18) for (;;);
  return n
}
`
/** Of 40 inputs six fail: four throw, one ends its worker, one blocks. Four others succeed at their second attempt. */
const EXPECTED = { ok: 34, failed: 6, attempts: 50 }

function numberIn(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1]
  assert.ok(found !== undefined, `${pattern} is not in ${text}`)
  return Number(found)
}

/** The figures for Prometheus, when all tasks but the last have ended. */
async function figures(address: string): Promise<Sums> {
  for (;;) {
    // At first nobody listens.
    const text = await fetch(address).then(
      (answer) => answer.text(),
      () => '',
    )
    const of = (state: string): number => {
      const lines = text.split('\n').filter((line) => line.startsWith('manyhands_tasks_total{'))
      return Number(lines.find((line) => line.includes(`state="${state}"`))?.split(' ')[1] ?? 0)
    }
    const sums = { ok: of('ok') + of('cached'), failed: of('failed') + of('timeout') + of('crashed') }
    if (sums.ok + sums.failed === 39) return sums
  }
}

inProject('all places tell the same numbers of a run with failures, retries, deaths and timeouts', async (project) => {
  await project.write('tasks.mjs', TASKS)
  const port = await freePort()
  const limits = ['--retries', '1', '--timeout', '3s']
  const files = ['-o', 'out.jsonl', '--report', 'run.json', '--trace', 'trace.json']
  const shown = ['--progress', 'json', '--metrics', `127.0.0.1:${port}`]
  // The last input comes when the figures have been asked for.
  const inputs = 'seq 0 38; while [ ! -e now ]; do sleep 0.05; done; echo 39'
  const command = `(${inputs}) | "$0" "$@"`
  const args = ['run', 'tasks.mjs#odd', '-', '--format', 'jsonl', ...limits, ...files, ...shown]
  const running = project.command('sh', ['-c', command, process.execPath, project.bin, ...args])
  assert.deepEqual(await figures(`http://127.0.0.1:${port}/metrics`), { ok: EXPECTED.ok - 1, failed: EXPECTED.failed })
  await project.write('now', '')
  const { stderr, ...rest } = await running.ended
  endedWith({ stderr, ...rest }, 1)

  const told: Record<string, Sums> = {}
  const lines = stderr.split('\n').filter((line) => line.startsWith('{"type":"progress"'))
  const last = JSON.parse(lines.at(-1) ?? '{}') as { done: number; failed: number }
  told['progress'] = { ok: last.done, failed: last.failed }
  told['summary'] = { ok: numberIn(stderr, /✔ (\d+) ok/), failed: numberIn(stderr, /, (\d+) failed in/) }

  const { stdout: status } = await project.start(['status', 'last']).ended
  const failed = [/(\d+) failed/, /(\d+) timeout/, /(\d+) crashed/].map((pattern) => numberIn(status, pattern))
  told['status'] = {
    ok: numberIn(status, /(\d+) ok/),
    failed: failed.reduce((a, b) => a + b),
    attempts: numberIn(status, /in (\d+) attempts/),
  }

  const report = JSON.parse(await project.read('run.json')) as {
    states: Record<string, number>
    attempts: number
    recovered: number
    lanes: { tasks: number; deaths: number }[]
  }
  const { states, recovered, lanes } = report
  const of = (...names: string[]): number => names.reduce((sum, name) => sum + (states[name] ?? 0), 0)
  told['report'] = {
    ok: of('ok', 'cached', 'skipped'),
    failed: of('failed', 'timeout', 'crashed'),
    attempts: report.attempts,
  }
  assert.equal(
    lanes.reduce((sum, lane) => sum + lane.tasks, 0),
    report.attempts,
  )

  endedWith(await project.start(['report', 'last', '-o', 'run.md']).ended, 0)
  const page = await project.read('run.md')
  told['page'] = {
    ok: numberIn(page, /succeeded \| (\d+) of 40/),
    failed: numberIn(page, /\| failed \| (\d+)/),
    attempts: numberIn(page, /\| attempts \| (\d+)/),
  }
  assert.equal(numberIn(page, /(\d+) inputs saved by a retry/), recovered)

  const { traceEvents } = JSON.parse(await project.read('trace.json')) as { traceEvents: TraceEvent[] }
  const spans = traceEvents.filter(({ ph, args }) => ph === 'X' && args?.task !== undefined)
  const attempts = (of: typeof spans): number => of.reduce((sum, { args }) => sum + (args?.count ?? 1), 0)
  const ends = spans.filter(({ args }) => args?.again !== true)
  told['trace'] = {
    ok: attempts(ends.filter(({ cat }) => cat === 'ok')),
    failed: attempts(ends.filter(({ cat }) => cat !== 'ok')),
    attempts: attempts(spans),
  }
  told['results'] = { ok: (await project.read('out.jsonl')).trim().split('\n').length, failed: EXPECTED.failed }
  for (const [place, { attempts: all = EXPECTED.attempts, ...sums }] of Object.entries(told))
    assert.deepEqual({ ...sums, attempts: all }, EXPECTED, place)
})

interface TraceEvent {
  readonly ph: string
  readonly cat?: string
  readonly args?: { readonly task?: number; readonly count?: number; readonly again?: boolean }
}
