import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { link, symlink } from 'node:fs/promises'
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

inProject(
  '-o: a name of stdout is stdout, and what is in its file stays',
  async (project) => {
    for (const name of ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1', '-']) {
      await project.write('out.txt', 'first\n')
      const line = `"$0" "$1" run tasks.mjs a -o ${name} >> out.txt`
      endedWith(await project.command('sh', ['-c', line, process.execPath, project.bin]).ended, 0)
      assert.equal(await project.read('out.txt'), 'first\n"a!"\n', name)
    }
  },
  { skip: process.platform === 'win32' && 'there is no sh' },
)

inProject('-o: never where the inputs come from', async (project) => {
  await project.write('rows.txt', 'a\nb\n')
  const ended = await project.run(['tasks.mjs', '@rows.txt', '-o', 'rows.txt'])
  endedWith(ended, 2)
  assert.match(ended.stderr, /✖ -o rows\.txt: this is where the inputs come from/)
  assert.equal(await project.read('rows.txt'), 'a\nb\n')
})

inProject('-o: never where the code is', async (project) => {
  const code = await project.read('tasks.mjs')
  const ended = await project.run(['tasks.mjs', 'a', '-o', './tasks.mjs'])
  endedWith(ended, 2)
  assert.match(ended.stderr, /this is the module that is to run/)
  assert.equal(await project.read('tasks.mjs'), code)
})

inProject(
  '-o and --log: never one of the inputs, by name, pattern or link, and nothing is touched',
  async (project) => {
    await project.write('a.txt', 'a\n')
    await project.write('c.txt', 'c\n')
    await symlink('c.txt', join(project.folder, 'soft.jsonl'))
    await link(join(project.folder, 'c.txt'), join(project.folder, 'hard.jsonl'))
    for (const flag of ['-o', '--log'])
      for (const file of ['c.txt', './c.txt', join(project.folder, 'c.txt'), 'soft.jsonl', 'hard.jsonl'])
        for (const inputs of [['a.txt', 'c.txt'], ['*.txt'], ['@c.txt'], ['@*.txt'], ['--literal', 'c.txt']]) {
          const ended = await project.run(['tasks.mjs', ...inputs, flag, file])
          endedWith(ended, 2)
          assert.ok(ended.stderr.startsWith(`✖ ${flag} ${file}: `), ended.stderr)
          assert.match(
            ended.stderr,
            /inputs.*; (?:results need a file of their|the job log needs a file of its) own\n$/,
          )
        }
    assert.equal(await project.read('c.txt'), 'c\n')
    assert.equal(existsSync(join(project.folder, '.manyhands')), false)
  },
)

inProject(
  '-o: what a pattern would match is no input while it is not there, nor when the run is resumed',
  async (project) => {
    await project.write('in.jsonl', '1\n')
    const args = ['tasks.mjs', '*.jsonl', '-o', 'out.jsonl']
    endedWith(await project.run(args), 0)
    const resumed = await project.run([...args, '--resume'])
    endedWith(resumed, 0)
    assert.match(
      resumed.stderr,
      /out\.jsonl, to which the results go, is left out of the inputs that "\*\.jsonl" matches/,
    )
    assert.deepEqual(values(await project.read('out.jsonl')), ['in.jsonl!'])
    const again = await project.run(args)
    endedWith(again, 2)
    assert.match(again.stderr, /^✖ -o out\.jsonl: the pattern "\*\.jsonl" matches out\.jsonl/)
  },
)

inProject('stdout and --cache: never a file that is read', async (project) => {
  await project.write('a.txt', 'a\n')
  const command = `"${process.execPath}" "${project.bin}" run tasks.mjs a.txt c.txt > c.txt`
  const redirected = await project.command('sh', ['-c', command]).ended
  endedWith(redirected, 2)
  assert.match(redirected.stderr, /^✖ stdout: c\.txt is one of the inputs; results need a file of their own/)
  const cached = await project.run(['tasks.mjs', '*.txt', '--cache=.'])
  endedWith(cached, 2)
  assert.match(cached.stderr, /^✖ --cache: a\.txt is one of the inputs, and lies in the folder of the cache/)
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
