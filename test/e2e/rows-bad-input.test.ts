import assert from 'node:assert/strict'

import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

const onShell = { skip: process.platform === 'win32' && 'there is no sh' }
const onLinux = { skip: process.platform !== 'linux' && 'only Linux has a file that is always full' }

const WORK = `
import { currentTask } from 'manyhands'
export const same = (row) => row
export const numbered = (row) => [currentTask().index, row]
export function odd(row) {
  if (row.n === 2) throw new RangeError('two')
  return row
}
export function kinds(row) {
  if (row === 'bigint') return { n: 2n ** 70n }
  if (row === 'cycle') { const all = {}; all.self = all; return all }
  if (row === 'function') return { run() {} }
  if (row === 'getter') return { get broken() { throw new Error('cannot be read') } }
  return row
}
`

/** Two rows that cannot be read, and rows around them. */
const ROWS: Buffer = Buffer.concat([
  Buffer.from('{"n":1}\n\n{oops\n{"n":2}\n"'),
  Buffer.from([0xff]),
  Buffer.from('"\n{"n":3}'),
])

/** The failures that `--json` tells, and its summary. */
function told(stderr: string): { failures: string[]; summary: Record<string, unknown> } {
  const lines = values(stderr) as { type: string; input?: string; error?: string }[]
  const failures = lines.filter(({ type }) => type === 'failure').map(({ input, error }) => `${input} ${error}`)
  return { failures: failures.toSorted(), summary: lines.at(-1) as unknown as Record<string, unknown> }
}

for (const on of ['processes', 'threads', 'serial'] as const) {
  inProject(`rows that cannot be read are told with file and line, the others go on: ${on}`, async (project) => {
    await project.write('work.mjs', WORK)
    await project.write('rows.jsonl', ROWS)
    await project.write('rows.tsv', 'a\tb\n1\t2\t3\n"x\n4\t5\n')
    const ended = await project.run(['work.mjs#numbered', '@rows.jsonl', '@rows.tsv', '--on', on, '--json'])
    endedWith(ended, 1)
    assert.deepEqual(values(ended.stdout), [
      [0, { n: 1 }],
      [2, { n: 2 }],
      [4, { n: 3 }],
      [7, { a: '4', b: '5' }],
    ])
    const { failures, summary } = told(ended.stderr)
    assert.equal(failures.length, 4)
    assert.match(failures[0] as string, /^rows\.jsonl:3 bad row: not JSON: /)
    assert.deepEqual(failures.slice(1), [
      'rows.jsonl:5 bad row: not UTF-8',
      'rows.tsv:2 bad row: 3 fields, the header has 2',
      'rows.tsv:3 bad row: field 1: its quote is not closed',
    ])
    const { ok, failed, notDone, exitCode } = summary
    assert.deepEqual({ ok, failed, notDone, exitCode }, { ok: 4, failed: 4, notDone: 0, exitCode: 1 })
  })

  inProject(`results that JSON has no form for, or no one can send, fail alone: ${on}`, async (project) => {
    await project.write('work.mjs', WORK)
    await project.write('rows.jsonl', '"a"\n"cycle"\n"bigint"\n"function"\n"getter"\n"b"\n')
    const ended = await project.run(['work.mjs#kinds', '@rows.jsonl', '--on', on, '--retries', '2', '--json'])
    endedWith(ended, 1)
    assert.deepEqual(values(ended.stdout), ['a', { n: '1180591620717411303424' }, 'b'])
    const { failures, summary } = told(ended.stderr)
    assert.match(failures[0] as string, /^cycle TypeError: its result cannot be written as JSON: Converting circular/)
    assert.match(failures[1] as string, /^function SerializationError: .*result\.run is a function/)
    assert.match(failures[2] as string, /^getter SerializationError: .*"broken" threw cannot be read/)
    assert.equal(summary['failed'], 3)
    const { stdout } = await project.start(['status', 'last']).ended
    assert.match(stdout, /3 ok, 3 failed in 6 attempts/)
  })
}

inProject('retry, debug and --dry-run of rows that failed: by the number of the row after --skip', async (project) => {
  await project.write('work.mjs', WORK)
  await project.write('rows.jsonl', Buffer.concat([Buffer.from('{"n":0}\n'), ROWS]))
  const args = ['work.mjs#odd', '@rows.jsonl', '--skip', '1', '-o', 'out.jsonl']
  endedWith(await project.run(args), 1)
  assert.deepEqual(values(await project.read('out.jsonl')), [{ n: 1 }, { n: 3 }])

  const dry = await project.run([...args, '--resume', '--dry-run', '--json'])
  endedWith(dry, 1)
  assert.deepEqual(dry.stdout, '{"n":2}\n')
  const { inputs, bad, skipped } = told(dry.stderr).summary
  assert.deepEqual({ inputs, bad, skipped }, { inputs: 1, bad: 2, skipped: 2 })

  const failed = await project.start(['status', 'last', '--failed']).ended
  assert.match(failed.stdout, /#1 .*rows\.jsonl:4: not JSON/)
  assert.match(failed.stdout, /#2 .*RangeError: two/)
  assert.match(failed.stdout, /#3 .*rows\.jsonl:6: not UTF-8/)
  const thrown = await project.start(['debug', 'last#2']).ended
  endedWith(thrown, 1)
  assert.match(thrown.stderr, /odd\[2\] failed: RangeError: two/)
  const unread = await project.start(['debug', 'last#1']).ended
  endedWith(unread, 3)
  assert.match(unread.stderr, /rows\.jsonl:4: not JSON.*its function was not called/)

  const again = await project.start(['retry', 'last']).ended
  endedWith(again, 1)
  assert.match(again.stderr, /0 ok, 3 failed/)
  // A row that was mended is another row: it runs with --resume, which leaves out what succeeded.
  await project.write('rows.jsonl', '{"n":0}\n{"n":1}\n{"n":4}\n{"n":2}\n{"n":5}\n{"n":3}\n')
  const resumed = await project.run([...args, '--resume'])
  endedWith(resumed, 1)
  assert.match(resumed.stderr, /2 ok, 1 failed, 2 skipped/)
  assert.deepEqual(values(await project.read('out.jsonl')), [{ n: 1 }, { n: 3 }, { n: 4 }, { n: 5 }])
})

inProject('debug says that a result cannot be written', async (project) => {
  await project.write('work.mjs', WORK)
  await project.write('rows.jsonl', '"a"\n"cycle"\n')
  endedWith(await project.run(['work.mjs#kinds', '@rows.jsonl']), 1)
  const ended = await project.start(['debug', 'last#1']).ended
  endedWith(ended, 1)
  assert.match(ended.stderr, /✖ cycle: TypeError: its result cannot be written as JSON: Converting circular/)
})

inProject('--skip beyond the end of rows is a run without inputs', async (project) => {
  await project.write('work.mjs', WORK)
  await project.write('rows.jsonl', ROWS)
  for (const more of [[], ['--dry-run']]) {
    const ended = await project.run(['work.mjs#same', '@rows.jsonl', '--skip', '5', ...more])
    endedWith(ended, 0)
    assert.equal(ended.stdout, '')
    assert.match(ended.stderr, /no inputs, nothing to do|dry run: 0 inputs/)
  }
})

inProject(
  '| head ends a run over rows quietly, also when more rows are to come on stdin',
  async (project) => {
    await project.write('work.mjs', WORK)
    await project.write('rows.txt', 'row\n'.repeat(200_000))
    for (const from of ['cat rows.txt', '(cat rows.txt; exec sleep 100)']) {
      const script = `${from} | ("$0" "$@"; echo "exit $?" >&2) | head -n 2`
      const args = [process.execPath, project.bin, 'run', 'work.mjs#same', '-j', '2']
      const running = project.command('sh', ['-c', script, ...args])
      await running.prints('exit ')
      running.signalAll('SIGTERM')
      const { stdout, stderr } = await running.ended
      assert.equal(stdout, '"row"\n"row"\n')
      assert.equal(stderr.split('\n').at(-2), 'exit 0', stderr)
      assert.doesNotMatch(stderr, /✖|✔/)
    }
  },
  onShell,
)

inProject(
  'a disk that is full: what was written in part is taken back, and --resume doubles nothing',
  async (project) => {
    await project.write('work.mjs', WORK)
    await project.write(
      'rows.jsonl',
      Array.from({ length: 20_000 }, (_, n) => `{"n":${n},"pad":"${'x'.repeat(n % 99)}"}\n`).join(''),
    )
    const args = ['run', 'work.mjs#same', '@rows.jsonl', '-o', 'out.jsonl', '-j', '2']
    for (const on of ['processes', 'threads']) {
      // No file may become larger than 1,000 blocks of 512 bytes.
      const script = 'ulimit -f 1000; exec "$0" "$@"'
      const full = await project.command('sh', ['-c', script, process.execPath, project.bin, ...args, '--on', on]).ended
      endedWith(full, 3)
      assert.match(full.stderr, /✖ cannot write out\.jsonl: E/)
      const resumed = await project.start([...args, '--on', on, '--resume']).ended
      endedWith(resumed, 0)
      assert.equal((await project.read('out.jsonl')) === (await project.read('rows.jsonl')), true, resumed.stderr)
    }
  },
  onLinux,
)

inProject(
  'a log that a full disk cuts short: --resume makes the results again that it does not tell of',
  async (project) => {
    await project.write('work.mjs', 'export default (n) => { if (n % 50 === 5) throw new Error("no"); return n }\n')
    await project.write('rows.jsonl', Array.from({ length: 20_000 }, (_, n) => `${n}\n`).join(''))
    const args = ['run', 'work.mjs', '@rows.jsonl', '-j', '2', '-q']
    endedWith(await project.start([...args, '-o', 'whole.jsonl']).ended, 1)
    // Failures make the log larger than the results.
    const script = 'ulimit -f 60; exec "$0" "$@"'
    const more = ['-o', 'out.jsonl', '--log', 'log.jsonl']
    const full = await project.command('sh', ['-c', script, process.execPath, project.bin, ...args, ...more]).ended
    endedWith(full, 3)
    assert.match(full.stderr, /cannot write the journal log\.jsonl: E/)
    endedWith(await project.start([...args, ...more, '--resume']).ended, 1)
    assert.equal((await project.read('out.jsonl')) === (await project.read('whole.jsonl')), true)
  },
  onLinux,
)
