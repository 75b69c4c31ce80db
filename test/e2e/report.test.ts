import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

import { endedWith, inProject, type Project, usePackage } from './support/project.js'

usePackage()

const TASK = `export default (x) => {
  if (x === 'bad') throw new RangeError('no such thing as "' + x + '"')
  return x + '!'
}
`

interface Seen {
  readonly report: string
  readonly v: number
  readonly run: { readonly run: string; readonly name: string; readonly state: string; readonly exitCode?: number }
  readonly states: Readonly<Record<string, number>>
  readonly attempts: number
}

async function json(project: Project, file: string): Promise<Seen> {
  return JSON.parse(await project.read(file)) as Seen
}

inProject('--report writes a page, Markdown or JSON when the run has ended', async (project) => {
  await project.write('task.mjs', TASK)
  for (const ending of ['html', 'md', 'json']) {
    const ended = await project.run(['task.mjs', 'a', 'b', 'bad', '-o', 'out.jsonl', '--report', `run.${ending}`])
    endedWith(ended, 1)
    assert.match(ended.stderr, new RegExp(`\\n  report run\\.${ending}\\n`))
    if (process.platform !== 'win32') assert.equal(statSync(`${project.folder}/run.${ending}`).mode & 0o777, 0o600)
  }
  const seen = await json(project, 'run.json')
  assert.deepEqual([seen.report, seen.v, seen.run.name], ['manyhands', 1, 'task'])
  assert.deepEqual([seen.run.state, seen.run.exitCode, seen.states['ok'], seen.states['failed']], ['ended', 1, 2, 1])
  const page = await project.read('run.html')
  assert.match(page, /^<!doctype html>/)
  assert.match(page, /1 failed/)
  assert.match(page, /RangeError/)
  assert.match(await project.read('run.md'), /^<!-- manyhands report -->\n# task: 1 failed\n/)
  assert.deepEqual(
    readdirSync(project.folder).filter((name) => name.endsWith('.part')),
    [],
  )
})

inProject('report writes the report of a run into its folder, or where it is told to', async (project) => {
  await project.write('task.mjs', TASK)
  endedWith(await project.run(['task.mjs', 'a', 'bad', '-o', 'out.jsonl', '--retries', '1', '--retry-delay', '0']), 1)
  const plain = await project.start(['report']).ended
  endedWith(plain, 0)
  const [, run] = /^\.manyhands\/([a-z0-9-]+)\/report\.html\n$/.exec(plain.stdout) ?? []
  assert.ok(run !== undefined, plain.stdout)
  assert.match(await project.read(`.manyhands/${run}/report.html`), new RegExp(run))
  endedWith(await project.start(['report', run, '-o', 'seen.json']).ended, 0)
  const seen = await json(project, 'seen.json')
  assert.deepEqual([seen.run.run, seen.attempts, seen.states['failed']], [run, 3, 1])
  // Its own report is replaced.
  endedWith(await project.start(['report', run, '-o', 'seen.json']).ended, 0)
  const fromLog = await project.start(['report', `.manyhands/${run}/log.jsonl`, '-o', 'log.json']).ended
  endedWith(fromLog, 0)
  assert.deepEqual((await json(project, 'log.json')).states, seen.states)
})

inProject('report tells how far a run is that still goes on, and of one that was killed', async (project) => {
  await project.write(
    'task.mjs',
    `import { existsSync } from 'node:fs'
    export default async (x) => {
      if (x === 'wait') while (!existsSync('go')) await new Promise((done) => setTimeout(done, 10))
      return x
    }`,
  )
  const running = project.start([
    'run',
    'task.mjs',
    'a',
    'wait',
    '-o',
    'out.jsonl',
    '-j',
    '1',
    '--progress',
    'none',
    '-v',
  ])
  // The head of its log has been written when a task runs.
  await running.prints('start task[1]')
  endedWith(await project.start(['report', 'last', '-o', 'seen.json']).ended, 0)
  const seen = await json(project, 'seen.json')
  assert.deepEqual([seen.run.state, seen.run.exitCode], ['running', undefined])
  await project.write('go', '')
  endedWith(await running.ended, 0)
  const record = `.manyhands/${seen.run.run}/run.json`
  await project.write(record, (await project.read(record)).replace(/"ended": \d+/, '"ended": null'))
  endedWith(await project.start(['report', 'last', '-o', 'seen.md']).ended, 0)
  assert.match(await project.read('seen.md'), /^# task: was killed$/m)
})

inProject('--trace writes a trace at the end of a run, and report does so later', async (project) => {
  await project.write('task.mjs', TASK)
  const args = ['task.mjs', 'a', 'b', 'bad', '-o', 'out.jsonl']
  const ended = await project.run([...args, '--trace', 'run.trace.json.gz', '--report', 'run.md'])
  endedWith(ended, 1)
  assert.match(ended.stderr, /\n  report run\.md\n  trace run\.trace\.json\.gz\n/)
  const later = await project.start(['report', 'last', '--trace', 'later.json']).ended
  endedWith(later, 0)
  assert.equal(later.stdout, 'later.json\n')
  const compressed = gunzipSync(readFileSync(`${project.folder}/run.trace.json.gz`)).toString()
  assert.equal(compressed, await project.read('later.json'))
  const { traceEvents } = JSON.parse(compressed) as { traceEvents: { ph: string; cat?: string }[] }
  assert.equal(traceEvents.filter(({ cat }) => cat === 'failed').length, 1)
  // Its own trace is replaced, and nothing else.
  endedWith(await project.run([...args, '--trace', 'later.json']), 1)
  await project.write('mine.json', '[]')
  const refused = await project.run([...args, '--trace', 'mine.json'])
  endedWith(refused, 2)
  assert.match(refused.stderr, /✖ --trace: mine\.json exists and is no trace of manyhands/)
  const wrong = await project.start(['report', 'last', '--trace', 'trace.txt']).ended
  endedWith(wrong, 2)
  assert.match(wrong.stderr, /✖ --trace: expected a file that ends with \.json or \.json\.gz, got "trace\.txt"/)
})

inProject('a file that is no report of ours is refused before the run begins, and stays', async (project) => {
  await project.write('task.mjs', TASK)
  await project.write('mine.html', '<!doctype html>\n<p>mine')
  await project.write('data.json', '["a"]')
  endedWith(await project.run(['task.mjs', 'a', '-o', 'out.jsonl']), 0)
  for (const [args, message] of [
    [['--report', 'mine.html'], /✖ --report: mine\.html exists and is no report of manyhands/],
    [['--report', 'nowhere/run.html'], /✖ --report: cannot write nowhere\/run\.html: there is no folder .*nowhere/],
    [['--report', 'run.pdf'], /✖ --report: expected a file that ends with \.html, \.md or \.json, got "run\.pdf"/],
    [['--report', 'x.json', '-o', 'x.json'], /✖ --report and -o are the same file, x\.json/],
  ] as const) {
    const ended = await project.run(['task.mjs', 'a', '--log', 'l.jsonl', ...args])
    endedWith(ended, 2)
    assert.match(ended.stderr, message)
    assert.equal(existsSync(`${project.folder}/l.jsonl`), false)
  }
  const input = await project.run(['task.mjs', '@data.json', '--report', 'data.json'])
  endedWith(input, 2)
  assert.equal(await project.read('data.json'), '["a"]')
  const refused = await project.start(['report', 'last', '-o', 'mine.html']).ended
  endedWith(refused, 2)
  assert.equal(await project.read('mine.html'), '<!doctype html>\n<p>mine')
  endedWith(await project.start(['report', 'last', '-o', 'mine.html', '--force']).ended, 0)
  assert.match(await project.read('mine.html'), /manyhands report/)
})

inProject('a report that cannot be written does not fail the run, which says so', async (project) => {
  await project.write(
    'task.mjs',
    `import { rmSync } from 'node:fs'
    export default (x) => { rmSync('reports', { recursive: true, force: true }); return x }`,
  )
  await project.write('reports/.keep', '')
  const ended = await project.run(['task.mjs', 'a', '-o', 'out.jsonl', '--report', 'reports/run.html'])
  endedWith(ended, 0)
  assert.match(ended.stderr, /⚠ the report reports\/run\.html was not written: ENOENT/)
  assert.equal(await project.read('out.jsonl'), '"a"\n')
})

inProject('report names runs and logs that it cannot report on', async (project) => {
  await project.write('task.mjs', TASK)
  const none = await project.start(['report']).ended
  endedWith(none, 3)
  assert.match(none.stderr, /there are no runs in this folder/)
  await project.write('notes.txt', 'no log\n')
  const alien = await project.start(['report', 'notes.txt', '-o', 'x.html']).ended
  endedWith(alien, 3)
  assert.match(alien.stderr, /notes\.txt is no job log/)
  const unnamed = await project.start(['report', 'notes.txt']).ended
  endedWith(unnamed, 2)
  assert.match(unnamed.stderr, /notes\.txt is a job log: name the file of the report with -o/)
})
