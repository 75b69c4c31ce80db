import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

inProject('-o: results in a file, nothing on stdout', async (project) => {
  await project.write('out.jsonl', 'what was there before, which is longer than what comes now\n')
  const ended = await project.run(['tasks.mjs', 'a', 'b', '-o', 'out.jsonl'])
  endedWith(ended, 0)
  assert.equal(ended.stdout, '')
  assert.match(ended.stderr, /✔ 2 ok .*\n {2}results out\.jsonl\n$/)
  assert.equal(await project.read('out.jsonl'), '"a!"\n"b!"\n')
})

inProject('-o: a run that cannot start leaves what was there, and makes no file', async (project) => {
  await project.write('out.jsonl', 'precious\n')
  for (const file of ['out.jsonl', 'new.jsonl']) endedWith(await project.run(['tasks.mjs#nope', 'a', '-o', file]), 3)
  assert.equal(await project.read('out.jsonl'), 'precious\n')
  assert.equal(existsSync(join(project.folder, 'new.jsonl')), false)
})

inProject('-o: never where the inputs come from', async (project) => {
  await project.write('rows.txt', 'a\nb\n')
  const ended = await project.run(['tasks.mjs', '@rows.txt', '-o', 'rows.txt'])
  endedWith(ended, 2)
  assert.match(ended.stderr, /✖ -o rows\.txt: this is where the inputs come from/)
  assert.equal(await project.read('rows.txt'), 'a\nb\n')
})

inProject('-o: never where the code is; a glob does not match it', async (project) => {
  const code = await project.read('tasks.mjs')
  const ended = await project.run(['tasks.mjs', 'a', '-o', './tasks.mjs'])
  endedWith(ended, 2)
  assert.match(ended.stderr, /this is the module that is to run/)
  assert.equal(await project.read('tasks.mjs'), code)
  await project.write('in.jsonl', '1\n')
  for (const output of ['out.jsonl', './out.jsonl']) {
    endedWith(await project.run(['tasks.mjs', '*.jsonl', '-o', output]), 0)
    assert.deepEqual(values(await project.read('out.jsonl')), ['in.jsonl!'])
  }
})

inProject('-o: a file that cannot be written', async (project) => {
  const ended = await project.run(['tasks.mjs', 'a', '-o', 'nowhere/out.jsonl'])
  endedWith(ended, 3)
  assert.match(ended.stderr, /^✖ cannot write nowhere\/out\.jsonl: /)
})

inProject('-o: what was finished when the run was interrupted, in whole lines', async (project) => {
  const running = project.start([
    'run',
    'tasks.mjs#untilThere',
    'tasks.mjs',
    'never',
    'tasks.mjs',
    '-j',
    '1',
    '-o',
    'out.jsonl',
    '--logs',
    'inherit',
    '--batch',
    '1',
  ])
  await running.prints('begun never')
  running.signal('SIGINT')
  await running.prints('interrupted')
  await project.write('never', '')
  endedWith(await running.ended, 130)
  // The last one may have been at hand.
  assert.match(await project.read('out.jsonl'), /^"tasks.mjs"\n"never"\n("tasks.mjs"\n)?$/)
})

inProject('--order gives results in the order of the inputs, or as they come', async (project) => {
  const args = ['tasks.mjs#slowestFirst', '0', '1', '2', '-j', '1', '--concurrency', '3']
  const input = await project.run(args)
  endedWith(input, 0)
  assert.deepEqual(values(input.stdout), ['0', '1', '2'])
  const done = await project.run([...args, '--order', 'done'])
  endedWith(done, 0)
  assert.deepEqual(values(done.stdout), ['2', '1', '0'])
})

inProject('task output goes to stderr, with the input', async (project) => {
  const ordered = await project.run(['tasks.mjs#says', 'a', 'b', '-j', '2'])
  endedWith(ordered, 0)
  assert.deepEqual(values(ordered.stdout), ['a', 'b'])
  assert.match(ordered.stderr, /^a │ said a\nb │ said b\n/)
  const off = await project.run(['tasks.mjs#says', 'a', '--logs', 'off'])
  assert.doesNotMatch(off.stderr, /said/)
})

inProject('-q says failures only', async (project) => {
  const ended = await project.run(['tasks.mjs#odd', '1', '2', '-q'])
  endedWith(ended, 1)
  assert.match(ended.stderr, /^✖ 2: RangeError: 2 is even\n {4}at odd \(tasks\.mjs:\d+:\d+\)\n$/)
})

inProject(
  '| head ends it quietly',
  async (project) => {
    const { bin } = project
    const script = `{ "$0" "$1" run tasks.mjs --limit 1000000; echo $? > code; } | head -n 1`
    const endless = 'yes'.concat('\n').repeat(300_000)
    const ended = await project.command('sh', ['-c', script, process.execPath, bin], { input: endless }).ended
    assert.equal(ended.stdout, '"yes!"\n')
    assert.equal(ended.stderr, '')
    assert.equal(await project.read('code'), '0\n')
  },
  { skip: process.platform === 'win32' && 'there is no sh' },
)
