import assert from 'node:assert/strict'
import { appendFile, readdir, symlink } from 'node:fs/promises'

import { attemptsOf, type JournalAttempt } from '../support/journal-attempts.js'
import { endedWith, inProject, type Project, usePackage, values } from './support/project.js'

usePackage()

/** The attempts in the logs of a folder. */
async function attemptsIn(project: Project): Promise<JournalAttempt[]> {
  const runs = (await readdir(`${project.folder}/.manyhands`)).filter((name) => !name.startsWith('.'))
  return runs.flatMap((run) => attemptsOf(`${project.folder}/.manyhands/${run}/log.jsonl`))
}

const ODD = ['tasks.mjs#odd', '1', '2', '3', '4']

inProject('a run keeps a log: a row for each attempt', async (project) => {
  endedWith(await project.run([...ODD, '--retries', '1', '--retry-delay', '1ms']), 1)
  const attempts = await attemptsIn(project)
  assert.deepEqual(attempts.map(({ task, attempt, state }) => `${task} ${attempt} ${state}`).toSorted(), [
    '0 1 ok',
    '1 1 failed',
    '1 2 failed',
    '2 1 ok',
    '3 1 failed',
    '3 2 failed',
  ])
  const status = await project.start(['status', 'last', '--failed', '--json']).ended
  const { failed } = JSON.parse(status.stdout) as { failed: { task: number; input: unknown; attempt: number }[] }
  assert.deepEqual(failed.map(({ task, input, attempt }) => [task, input, attempt]).toSorted(), [
    [1, '2', 2],
    [3, '4', 2],
  ])
})

inProject('--resume leaves out what succeeded, wherever it stands, and adds to the results', async (project) => {
  endedWith(await project.run([...ODD, '-o', 'out.jsonl']), 1)
  assert.deepEqual(values(await project.read('out.jsonl')), [1, 3])
  const ended = await project.run(['tasks.mjs#odd', '5', '3', '4', '1', '3', '-o', 'out.jsonl', '--resume'])
  endedWith(ended, 1)
  assert.deepEqual(values(await project.read('out.jsonl')), [1, 3, 5, 3])
  assert.match(ended.stderr, /2 ok, 1 failed, 2 skipped/)
})

inProject('--resume refuses a function that changed, naming both hashes', async (project) => {
  await project.write('one.mjs', 'export default (x) => x\n')
  endedWith(await project.run(['one.mjs', 'a', '-o', 'out.jsonl']), 0)
  await project.write('one.mjs', 'export default (x) => x + x\n')
  const ended = await project.run(['one.mjs', 'a', 'b', '-o', 'out.jsonl', '--resume=last'])
  endedWith(ended, 3)
  assert.equal([...ended.stderr.matchAll(/sha256:[\da-f]{64}/g)].length, 2)
  assert.deepEqual(values(await project.read('out.jsonl')), ['a'])
})

inProject('a torn log and a torn result cost nothing but themselves', async (project) => {
  endedWith(await project.run(['tasks.mjs', 'a', 'b', '-o', 'out.jsonl', '--log', 'log.jsonl']), 0)
  await appendFile(`${project.folder}/log.jsonl`, 'rubbish\n{"v":1,"run":"to')
  await appendFile(`${project.folder}/out.jsonl`, '"c')
  const ended = await project.run(['tasks.mjs', 'a', 'b', 'c', '-o', 'out.jsonl', '--log', 'log.jsonl', '--resume'])
  endedWith(ended, 0)
  assert.match(ended.stderr, /1 line of the journal log\.jsonl/)
  assert.deepEqual(values(await project.read('out.jsonl')), ['a!', 'b!', 'c!'])
})

inProject('retry runs the failures of a run again, and nothing else', async (project) => {
  await project.write(
    'flaky.mjs',
    "import { existsSync } from 'node:fs'\n" +
      "export default (x) => { if (x === 'b' && !existsSync('mended')) throw new Error('broken'); return x }\n",
  )
  const first = await project.run(['flaky.mjs', 'a', 'b', 'c', '-o', 'out.jsonl'])
  endedWith(first, 1)
  const name = /manyhands retry (\S+)/.exec(first.stderr)?.[1] ?? ''
  await project.write('mended', '')
  const again = await project.start(['retry', name]).ended
  endedWith(again, 0)
  assert.deepEqual(values(await project.read('out.jsonl')), ['a', 'c', 'b'])
  assert.match(again.stderr, /✔ 1 ok/)
  const nothing = await project.start(['retry', 'last']).ended
  endedWith(nothing, 0)
  assert.match(nothing.stderr, /✔ nothing failed in .*: nothing to run again/)
  assert.deepEqual(values(await project.read('out.jsonl')), ['a', 'c', 'b'])
})

inProject('retry needs the inputs once more where they came from stdin', async (project) => {
  endedWith(await project.run(['tasks.mjs#odd'], { input: '1\n2\n4\n' }), 1)
  const without = await project.start(['retry', 'last'], { input: '4\n' }).ended
  endedWith(without, 1)
  assert.match(without.stderr, /⚠ 1 that had failed was not among the inputs/)
  const dry = await project.start(['retry', 'last', '--dry-run'], { input: '1\n2\n4\n' }).ended
  assert.equal(dry.stdout, '2\n4\n')
})

inProject('--resume refuses another log than that of the run; with --log alone it goes by the log', async (project) => {
  const args = ['tasks.mjs#odd', '1', '2', '-o', 'out.jsonl']
  const first = await project.run([...args, '--log', 'a.jsonl'])
  const name = /manyhands retry (\S+)/.exec(first.stderr)?.[1] ?? ''
  const other = await project.run([...args, `--resume=${name}`, '--log', 'b.jsonl'])
  endedWith(other, 2)
  assert.match(other.stderr, /--log: a run that resumes ".*" keeps its log, a\.jsonl/)
  for (const resume of [['--resume'], []]) {
    endedWith(await project.run([...args, '--log', 'a.jsonl', ...resume]), 1)
    assert.deepEqual(values(await project.read('out.jsonl')), [1])
  }
  const space = await project.run([...args, '--resume', name])
  endedWith(space, 2)
  assert.match(space.stderr, /write --resume=/)
})

inProject('a run that never began leaves no trace: last is the one before it', async (project) => {
  endedWith(await project.run(['tasks.mjs#odd', '1', '2', '-o', 'out.jsonl']), 1)
  endedWith(await project.run(['tasks.mjs#od', '1', '2', '-o', 'out.jsonl']), 3)
  endedWith(await project.run(['tasks.mjs#odd', '1', '2', '--concurrency', '9999']), 2)
  endedWith(await project.run(['tasks.mjs#odd', '1', '2', '3', '-o', 'out.jsonl', '--resume']), 1)
  assert.deepEqual(values(await project.read('out.jsonl')), [1, 3])
  const status = await project.start(['status']).ended
  assert.equal(status.stdout.trimEnd().split('\n').length, 2)
})

inProject(
  'retry: also of inputs behind --, of one that failed beside an equal one, and of mended code',
  async (project) => {
    const flaky = (mended: string): string =>
      "import { existsSync, writeFileSync } from 'node:fs'\n" +
      'export default (x) => {\n' +
      "  if (x === '-5' && !existsSync('once')) { writeFileSync('once', ''); throw new Error('broken') }\n" +
      `  return ${mended}\n` +
      '}\n'
    await project.write('flaky.mjs', flaky('x'))
    endedWith(await project.run(['flaky.mjs', '-j', '1', '-o', 'out.jsonl', '--', '-5', '-5', '7']), 1)
    assert.deepEqual(values(await project.read('out.jsonl')), ['-5', '7'])
    const dry = await project.start(['retry', '-o', 'last', 'last', '--dry-run']).ended
    assert.equal(dry.stdout, '-5\n')
    await project.write('flaky.mjs', flaky('x + x'))
    const changed = await project.start(['retry', 'last']).ended
    endedWith(changed, 3)
    assert.match(changed.stderr, /has changed .*it was sha256:\w+, it is sha256:\w+.*--allow-changed/)
    const again = await project.start(['retry', 'last', '--allow-changed']).ended
    endedWith(again, 0)
    assert.deepEqual(values(await project.read('out.jsonl')), ['-5', '7', '-5-5'])
    const limited = await project.start(['retry', 'last', '--limit', '3']).ended
    endedWith(limited, 2)
    assert.match(limited.stderr, /--limit counts the inputs of the run/)
  },
)

inProject('a result that JSON cannot hold is a failure like any other', async (project) => {
  await project.write('round.mjs', 'export default (x) => { const o = { x }; if (x === "b") o.self = o; return o }\n')
  const ended = await project.run(['round.mjs', 'a', 'b'])
  endedWith(ended, 1)
  assert.match(ended.stderr, /✖ b: TypeError: its result cannot be written as JSON: [^\n]*/)
  const status = await project.start(['status', 'last', '--failed', '--json']).ended
  const { states, failed } = JSON.parse(status.stdout) as { states: unknown; failed: { input: string }[] }
  assert.deepEqual(states, { ok: 1, failed: 1 })
  assert.deepEqual(
    failed.map(({ input }) => input),
    ['b'],
  )
})

inProject('status, logs and doctor say on stdout what they found', async (project) => {
  await project.write(
    'says.mjs',
    "export default (x) => { console.log('said', x); if (x === 'b') throw new Error('no') }\n",
  )
  endedWith(await project.run(['says.mjs', 'a', 'b']), 1)
  const status = await project.start(['status', 'last', '--failed', '--slow', '--workers']).ended
  endedWith(status, 0)
  assert.match(status.stdout, /exit code 1/)
  assert.match(status.stdout, /failed {3}#1 b: Error: no/)
  assert.match(status.stdout, /worker 1: \d attempt/)
  const asJson = await project.start(['status', 'last', '--json']).ended
  assert.deepEqual((JSON.parse(asJson.stdout) as { states: unknown }).states, { ok: 1, failed: 1 })
  const logs = await project.start(['logs', 'last', '--task', '1']).ended
  endedWith(logs, 0)
  assert.equal(logs.stdout, 'said b\n')
  const doctor = await project.start(['doctor']).ended
  endedWith(doctor, 0)
  assert.match(doctor.stdout, /✔ processes/)
})

for (const [args, code, message] of [
  [['status', 'no-such-run'], 3, /there is no run "no-such-run" here/],
  [['status', '../../etc'], 2, /is not the name of a run/],
  [['logs', 'last'], 3, /there are no runs in this folder/],
  [['retry', 'calm-otter-41'], 3, /there is no run "calm-otter-41"/],
  [['run', 'tasks.mjs', 'a', '--halt', 'soon,fails=1'], 2, /--halt: expected never, or/],
  [['run', 'tasks.mjs', 'a', '--rate', '0'], 2, /--rate: expected a number above 0/],
  [['run', 'tasks.mjs', 'a', '--memfree', '1000'], 2, /--memfree: a size needs a unit/],
  [['run', 'tasks.mjs', 'a', '--deadline', '5'], 2, /--deadline: a time needs a unit/],
] as const) {
  inProject(`manyhands ${args.join(' ')}`, async (project) => {
    const ended = await project.start(args).ended
    endedWith(ended, code)
    assert.match(ended.stderr, message)
  })
}

inProject('a second run into the same file, or log, is refused', async (project) => {
  const running = project.start([
    'run',
    'tasks.mjs#untilThere',
    'go',
    '-o',
    'out.jsonl',
    '--log',
    'log.jsonl',
    '--logs',
    'inherit',
  ])
  await running.prints('begun go')
  const second = await project.run(['tasks.mjs', 'a', '-o', 'out.jsonl'])
  endedWith(second, 3)
  assert.match(second.stderr, /out\.jsonl is being written by another run \(process \d+\)/)
  await symlink('out.jsonl', `${project.folder}/other.jsonl`)
  const linked = await project.run(['tasks.mjs', 'a', '-o', 'other.jsonl'])
  endedWith(linked, 3)
  assert.match(linked.stderr, /is being written by another run/)
  const third = await project.run(['tasks.mjs', 'a', '--log', 'log.jsonl'])
  endedWith(third, 3)
  assert.match(third.stderr, /log\.jsonl is in use by another run/)
  await project.write('go', '')
  endedWith(await running.ended, 0)
  assert.deepEqual(values(await project.read('out.jsonl')), ['go'])
})

inProject('--halt, --fail-fast, --deadline: their exit codes, and each input has a row', async (project) => {
  const halted = await project.run(['tasks.mjs#odd', '1', '2', '3', '5', '-j', '1', '--batch', '1', '--fail-fast'])
  endedWith(halted, 4)
  assert.match(halted.stderr, /✖ halted after/)
  const late = await project.run(['tasks.mjs#forever', 'a', 'b', '--deadline', '2s'])
  endedWith(late, 124)
  assert.match(late.stderr, /✖ out of time after .*2 not done/)
  const soon = await project.run(['tasks.mjs', 'a', 'b', 'c', '--halt', 'soon,done=100%'])
  endedWith(soon, 4)
  assert.equal(values(soon.stdout).length, 3)
})

inProject('--rate, --max-tasks, --memfree and --max-memory are obeyed', async (project) => {
  const startedAt = performance.now()
  const slow = await project.run([
    'tasks.mjs#pid',
    ...'a b c d e f g h i j k'.split(' '),
    '--rate',
    '50',
    '--max-tasks',
    '2',
    '-j',
    '1',
  ])
  endedWith(slow, 0)
  assert.ok(performance.now() - startedAt >= 180, 'ten steps of 20 ms')
  assert.ok(new Set(values(slow.stdout)).size >= 5, 'a new worker after each two')
  const roomy = await project.run(['tasks.mjs', 'a', '--memfree', '1M', '--max-memory', '4G'])
  endedWith(roomy, 0)
})

inProject('--json: failures and the summary are JSON Lines; --progress json, -v, --progress none', async (project) => {
  const ended = await project.run([...ODD, '--json'])
  endedWith(ended, 1)
  const lines = values(ended.stderr) as { type: string; input?: string; ok?: number; exitCode?: number }[]
  // Told as they happen, in either worker.
  const failed = lines.filter(({ type }) => type === 'failure').map(({ input }) => input)
  assert.deepEqual(failed.toSorted(), ['2', '4'])
  assert.deepEqual([lines.at(-1)?.type, lines.at(-1)?.ok, lines.at(-1)?.exitCode], ['summary', 2, 1])
  const verbose = await project.run(['tasks.mjs', 'a', '-v', '--progress', 'none'])
  assert.match(verbose.stderr, /· start .*\n(.*\n)*· done /)
  const progress = await project.run(['tasks.mjs', 'a', '--progress', 'json'])
  assert.match(progress.stderr, /\{"type":"progress","done":1,/)
})

inProject('--config-file, whose flags the others override; --log-file; --log-level', async (project) => {
  await project.write('config.json', '{ "jobs": 1, "order": "done", "limit": 1, "args": ["x"] }')
  const args = ['tasks.mjs#whatItGets', 'a', 'b', 'c', '--config-file', 'config.json']
  const ended = await project.run([...args, '--limit', '2', '--log-file', 'said.txt'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [
    ['a', 'x'],
    ['b', 'x'],
  ])
  assert.equal(await project.read('said.txt'), ended.stderr)
  await project.write('config.json', '{ "jbos": 1 }')
  const wrong = await project.run(args)
  endedWith(wrong, 2)
  assert.match(wrong.stderr, /✖ config\.json: there is no option "jbos"\. Did you mean "jobs"\?/)
  assert.equal((await project.run(['tasks.mjs', 'a', '--log-level', 'error'])).stderr, '')
})
