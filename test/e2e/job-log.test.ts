import assert from 'node:assert/strict'
import { statSync } from 'node:fs'

import { attemptsOf } from '../support/journal-attempts.js'
import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

interface Line {
  readonly type?: string
  readonly task?: number
  readonly count?: number
  readonly options?: { readonly retries: { readonly times: number } }
  readonly env?: { readonly node: string }
  readonly [field: string]: unknown
}

const ROWS = 3_000

/** Rows of about 60 bytes; one has 20,000. */
function rowsOfFile(long: number | undefined): string {
  const rows = Array.from({ length: ROWS }, (_, n) => ({ n, text: 'x'.repeat(n === long ? 20_000 : 40) }))
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

inProject('the job log of many quick rows has few lines, and tells the facts of the run', async (project) => {
  await project.write('rows.jsonl', rowsOfFile(undefined))
  await project.write('take.mjs', 'export default (row, by) => row.n * by\n')
  const args = ['take.mjs', '@rows.jsonl', '-o', 'out.jsonl', '--log', 'log.jsonl', '--retries', '2', '--args']
  const ended = await project.run([...args, '[3]', '--on', 'serial'])
  endedWith(ended, 0)
  const lines = values(await project.read('log.jsonl')) as Line[]
  const [head] = lines
  assert.deepEqual(
    [head?.['type'], head?.['total'], head?.['backend'], head?.['name']],
    ['run', ROWS, 'serial', 'take'],
  )
  assert.deepEqual(head?.['command'], [...args, '…', '--on', 'serial'])
  assert.deepEqual(head?.options?.retries.times, 2)
  assert.match(head?.env?.node ?? '', /^\d+\./)
  const end = lines.at(-1)
  assert.deepEqual([end?.type, end?.['ok'], end?.['failed'], end?.['attempts']], ['end', ROWS, 0, ROWS])
  // Some took a millisecond because the machine had other things to do.
  const alone = lines.filter(({ task, count }) => task !== undefined && count === undefined).length
  assert.ok(alone < ROWS / 10, `${alone} rows alone`)
  assert.ok(statSync(`${project.folder}/log.jsonl`).size < 40 * ROWS + 500 * alone + 5_000)
  const attempts = attemptsOf(`${project.folder}/log.jsonl`)
  assert.deepEqual(
    attempts.map(({ task }) => task).toSorted((a, b) => a - b),
    Array.from({ length: ROWS }, (_, task) => task),
  )
  const status = await project.start(['status', 'last', '--workers', '--json']).ended
  const { states, workers } = JSON.parse(status.stdout) as { states: unknown; workers: { attempts: number }[] }
  assert.deepEqual([states, workers.map((worker) => worker.attempts)], [{ ok: ROWS }, [ROWS]])
})

inProject(
  'rows that succeeded are left out on other backends, with a cache, and as rows of other files',
  async (project) => {
    await project.write('rows.jsonl', rowsOfFile(undefined))
    await project.write('take.mjs', 'export default (row) => row.n\n')
    endedWith(await project.run(['take.mjs', '@rows.jsonl', '--limit', '1000', '--log', 'log.jsonl']), 0)
    await project.write('more.jsonl', `${JSON.stringify({ n: -1 })}\n${rowsOfFile(undefined)}`)
    for (const more of [['--on', 'threads'], ['--on', 'serial'], ['--cache'], ['--spread']]) {
      const dry = await project.run(['take.mjs', '@more.jsonl', '--log', 'log.jsonl', '--resume', '--dry-run', ...more])
      endedWith(dry, 0)
      assert.equal(dry.stdout.trim().split('\n').length, ROWS - 1_000 + 1)
    }
    const cached = await project.run(['take.mjs', '@more.jsonl', '--log', 'log.jsonl', '--resume', '--cache'])
    endedWith(cached, 0)
    assert.match(cached.stderr, /2,001 ok, 1,000 skipped/)
    const again = await project.run(['take.mjs', '@more.jsonl', '--log', 'log.jsonl', '--resume', '--on', 'threads'])
    endedWith(again, 0)
    assert.match(again.stderr, /0 ok, 3,001 skipped/)
  },
)

inProject('equal bytes of columns with other names are other rows', async (project) => {
  await project.write('take.mjs', 'export default (row) => row\n')
  await project.write('a.csv', 'id,name\n1,2\n')
  await project.write('b.csv', 'name,id\n1,2\n')
  const args = ['take.mjs', '-o', 'out.jsonl', '--log', 'log.jsonl', '--resume']
  endedWith(await project.run([...args, '@a.csv']), 0)
  const ended = await project.run([...args, '@a.csv', '@b.csv'])
  endedWith(ended, 0)
  assert.match(ended.stderr, /1 ok, 1 skipped/)
  assert.deepEqual(values(await project.read('out.jsonl')), [
    { id: '1', name: '2' },
    { name: '1', id: '2' },
  ])
})

inProject('debug finds a row that is too long for the log in its file, by its key', async (project) => {
  await project.write('rows.jsonl', rowsOfFile(7))
  await project.write(
    'bad.mjs',
    'export default (row) => {\n  if (row.text.length > 40) throw new Error(`bad ${row.n}`)\n}\n',
  )
  endedWith(await project.run(['bad.mjs', '@rows.jsonl', '--log', 'log.jsonl']), 1)
  const failed = (values(await project.read('log.jsonl')) as Line[]).find(
    ({ task, count }) => task === 7 && count === undefined,
  )
  assert.equal(failed?.['cut'], true)
  // The row has moved.
  await project.write('rows.jsonl', `{"n":-1,"text":""}\n${rowsOfFile(7)}`)
  const debugged = await project.start(['debug', 'last'], { input: 'c\n' }).ended
  assert.match(debugged.stderr + debugged.stdout, /bad\[7\] failed: Error: bad 7/)
  await project.write('rows.jsonl', rowsOfFile(undefined))
  const gone = await project.start(['debug', 'last'], { input: 'c\n' }).ended
  endedWith(gone, 3)
  assert.match(gone.stderr, /input 7 of .* is not among its inputs any more/)
})

inProject('a row that cannot be read is in the log; debug says that it was not called', async (project) => {
  await project.write('rows.jsonl', '{"n":1}\n{"n":\n{"n":3}\n')
  await project.write('take.mjs', 'export default (row) => row.n\n')
  endedWith(await project.run(['take.mjs', '@rows.jsonl', '-o', 'out.jsonl']), 1)
  const status = await project.start(['status', 'last', '--failed']).ended
  assert.match(status.stdout, /2 ok, 1 failed in 3 attempts/)
  assert.match(status.stdout, /failed {3}#1 \{"n":: UnreadableRowError: .*rows\.jsonl:2: not JSON/)
  const debugged = await project.start(['debug', 'last']).ended
  endedWith(debugged, 3)
  assert.match(debugged.stderr, /rows\.jsonl:2: not JSON.*: its function was not called/)
  await project.write('rows.jsonl', '{"n":1}\n{"n":2}\n{"n":3}\n')
  endedWith(await project.run(['take.mjs', '@rows.jsonl', '-o', 'out.jsonl', '--resume']), 0)
  assert.deepEqual(values(await project.read('out.jsonl')), [1, 3, 2])
})
