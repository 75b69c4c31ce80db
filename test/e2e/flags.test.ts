import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { endedWith, inProject, usePackage, values } from './support/project.js'
import { textsIn } from './support/texts-in.js'

usePackage()

/** The compiled tests. */
const FOLDER = dirname(fileURLToPath(import.meta.url))

/** The texts in the code of this folder's tests: neither comments nor titles. */
async function textsOfTests(): Promise<string[]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.test.js'))
  const codes = await Promise.all(files.map((name) => readFile(join(FOLDER, name), 'utf8')))
  return codes.flatMap((code) => textsIn(code, ['inProject', 'test', 'describe', 'it']))
}

inProject('each flag that the help names is given to the command by a test', async (project) => {
  const texts = await textsOfTests()
  for (const command of ['run', 'retry', 'status', 'logs', 'doctor']) {
    const { stdout } = await project.start([command, '--help']).ended
    const flags = [...stdout.matchAll(/^ {2}(?:(-\w), )?(--[a-z-]+)/gm)].flatMap(([, short, long]) => [short, long])
    assert.ok(flags.length > 5, stdout)
    for (const flag of flags) {
      if (flag === undefined || flag === '-h') continue
      const given = new RegExp(`(^|[\\s'"])${flag}($|[\\s'"=])`)
      assert.ok(
        texts.some((text) => given.test(text)),
        `${command} ${flag} has no test`,
      )
    }
  }
})

inProject('long and short names of flags mean the same', async (project) => {
  for (const [jobs, output, quiet] of [
    ['--jobs', '--output', '--quiet'],
    ['-j', '-o', '-q'],
  ] as const) {
    const ended = await project.run(['tasks.mjs#pid', 'a', 'b', 'c', jobs, '1', output, 'pids.jsonl', quiet])
    endedWith(ended, 0)
    assert.equal(ended.stderr, '')
    assert.equal(new Set(values(await project.read('pids.jsonl'))).size, 1)
  }
  const [verbose, v] = await Promise.all(['--verbose', '-v'].map((flag) => project.run(['tasks.mjs', 'a', flag])))
  for (const ended of [verbose, v]) assert.match(ended?.stderr ?? '', /· start /)
})

inProject('--worker-deaths says how often a task runs again whose worker died', async (project) => {
  await project.write(
    'dies.mjs',
    "import { appendFileSync, readFileSync } from 'node:fs'\n" +
      'export default (file) => {\n' +
      "  appendFileSync(file, '.')\n" +
      '  if (readFileSync(file).length < 3) process.exit(9)\n' +
      '  return file\n' +
      '}\n',
  )
  const none = await project.run(['dies.mjs', 'none', '--worker-deaths', '0'])
  endedWith(none, 1)
  assert.equal(await project.read('none'), '.')
  endedWith(await project.run(['dies.mjs', 'one']), 1)
  assert.equal(await project.read('one'), '..')
  endedWith(await project.run(['dies.mjs', 'two', '--worker-deaths', '2']), 0)
  assert.equal(await project.read('two'), '...')
})

inProject('--concurrency says how many tasks a worker has at a time, --batch how many a message', async (project) => {
  await project.write(
    'most.mjs',
    "import { setTimeout as sleep } from 'node:timers/promises'\n" +
      'let now = 0\n' +
      'let most = 0\n' +
      'export default async () => {\n' +
      '  most = Math.max(most, ++now)\n' +
      '  await sleep(20)\n' +
      '  now--\n' +
      '  return most\n' +
      '}\n',
  )
  const most = async (...flags: string[]): Promise<number> => {
    const ended = await project.run(['most.mjs', 'a', 'b', 'c', 'd', 'e', 'f', '-j', '1', ...flags])
    endedWith(ended, 0)
    return Math.max(...(values(ended.stdout) as number[]))
  }
  assert.equal(await most(), 1)
  assert.equal(await most('--concurrency', '3'), 3)
  assert.equal(await most('--concurrency', '3', '--batch', '2'), 3)
  assert.equal(await most('--batch', 'auto'), 1)
})

inProject('--priority is a number', async (project) => {
  endedWith(await project.run(['tasks.mjs', 'a', '--priority', '-2.5']), 0)
  const wrong = await project.run(['tasks.mjs', 'a', '--priority', 'high'])
  endedWith(wrong, 2)
  assert.match(wrong.stderr, /✖ --priority: expected a number, got "high"/)
})

for (const [rule, code, most] of [
  ['never', 1, 4],
  ['soon,fail=1', 4, 2],
  ['now,fail=40%', 4, 4],
  ['soon,success=2', 4, 2],
  ['now,done=3', 4, 3],
] as const) {
  inProject(`--halt ${rule}`, async (project) => {
    const flags = ['-j', '1', '--batch', '1', '--order', 'done', '--halt', rule]
    const ended = await project.run(['tasks.mjs#odd', '1', '2', '3', '4', '5', '6', '7', ...flags])
    endedWith(ended, code)
    assert.ok(values(ended.stdout).length <= most, ended.stdout)
    assert.ok(values(ended.stdout).length > 0)
  })
}

inProject('--halt: shares are of all inputs, where their number is known', async (project) => {
  await project.write('in.txt', Array.from({ length: 400 }, (_, index) => `${index}\n`).join(''))
  const ended = await project.run(['tasks.mjs#blink', '@in.txt', '-j', '1', '--batch', '1', '--halt', 'soon,done=10%'])
  endedWith(ended, 4)
  const { length } = values(ended.stdout)
  assert.ok(length >= 40 && length < 80, `${length} results`)
})

inProject('--json: all of stderr is lines of JSON', async (project) => {
  await project.write('rows.csv', 'a,b\n1,2\n3\n')
  const runs = [
    ['tasks.mjs#says', '@rows.csv', '-v', '--json'],
    ['tasks.mjs#odd', '2', '--json', '--timeout', '1'],
    ['nothing.mjs', '2', '--json'],
  ]
  for (const args of runs) {
    const ended = await project.run(args)
    assert.notEqual(ended.code, 0)
    const lines = values(ended.stderr) as { type: string }[]
    for (const { type } of lines) assert.match(type, /^(error|event|failure|output|summary|warning)$/)
    assert.ok(lines.length > 0)
  }
})

inProject('--config-file: a value where one is needed, and none where not', async (project) => {
  for (const [config, message] of [
    ['{ "jobs": true }', /"jobs" takes a text or a number, not true/],
    ['{ "spread": 3 }', /"spread" takes true or false, not 3/],
  ] as const) {
    await project.write('config.json', config)
    const ended = await project.run(['tasks.mjs', 'a', '--config-file', 'config.json'])
    endedWith(ended, 2)
    assert.match(ended.stderr, message)
  }
})

inProject('--progress: a bar, lines or nothing wherever stderr leads', async (project) => {
  const inputs = Array.from({ length: 30 }, (_, index) => String(index))
  const args = ['tasks.mjs#nap', ...inputs, '-j', '1', '--progress-interval', '100ms', '--progress']
  const [bar, lines, none] = await Promise.all(['bar', 'lines', 'none'].map((how) => project.run([...args, how])))
  assert.match(bar?.stderr ?? '', /\r {2}nap {2}1 process {2}━+ {2}30\/30[^\r\n]*\n✔ 30 ok/)
  assert.match(lines?.stderr ?? '', /^\[nap\] \d+\/30 /m)
  assert.doesNotMatch(none?.stderr ?? '', /\[nap\]|━/)
})

inProject('--logs shows task output in order, as it comes, or not at all', async (project) => {
  const args = ['tasks.mjs#says', 'a', 'b', '-j', '2', '--logs']
  assert.match((await project.run([...args, 'ordered'])).stderr, /^a │ said a\nb │ said b\n/)
  const inherit = (await project.run([...args, 'inherit'])).stderr
  for (const input of ['a', 'b']) assert.ok(inherit.includes(`${input} │ said ${input}\n`), inherit)
  assert.doesNotMatch((await project.run([...args, 'off'])).stderr, /said/)
})

inProject('status --watch follows a run until it has ended', async (project) => {
  const running = project.start(['run', 'tasks.mjs#untilThere', 'now', '-q'])
  await running.prints('begun now')
  const watching = project.start(['status', '--watch'])
  await watching.prints('running')
  await project.write('now', '')
  endedWith(await running.ended, 0)
  const { stdout } = await watching.ended
  assert.match(stdout, /running[^]* ok [^]*1 ok in 1 attempts?/)
})

inProject('each command takes what all take; what another one takes may stand in the same file', async (project) => {
  endedWith(await project.run(['tasks.mjs', 'a']), 0)
  await project.write('all.json', '{ "jobs": 1, "json": true, "task": 0 }')
  for (const command of [['status', 'last'], ['logs', 'last'], ['doctor']]) {
    const plain = await project.start([...command, '-q', '--log-level', 'info']).ended
    endedWith(plain, 0)
    const ended = await project.start([...command, '--config-file', 'all.json', '--log-file', 'said.txt']).ended
    endedWith(ended, 0)
    for (const value of values(ended.stdout)) assert.equal(typeof value, 'object')
  }
  const missing = await project.start(['status', 'no-such-run', '--log-file', 'said.txt']).ended
  assert.equal(await project.read('said.txt'), missing.stderr)
})

inProject('color goes to a pipe with FORCE_COLOR only', async (project) => {
  const args = ['tasks.mjs#odd', '2']
  // oxlint-disable-next-line no-control-regex -- what a terminal obeys
  const color = /\u001B\[\d+m/
  assert.doesNotMatch((await project.run(args)).stderr, color)
  assert.match((await project.run(args, { env: { FORCE_COLOR: '1' } })).stderr, color)
  assert.doesNotMatch((await project.run(args, { env: { NO_COLOR: '1' } })).stderr, color)
})
