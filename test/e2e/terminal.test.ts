import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'

import { endedWith, inProject, type Project, usePackage, values } from './support/project.js'
import type { Ended } from './support/running.js'

usePackage()

/** `script` gives a command a terminal of its own; that of util-linux takes the command as an argument. */
const hasScript = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '')
const skip = !hasScript && 'the script command of util-linux, which makes a terminal, is not there'

const INPUTS = Array.from({ length: 40 }, (_, index) => String(index))

/** Runs the command on a terminal so many columns wide; what it shows is the result's stdout. */
function onTerminal(project: Project, columns: number, command: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const typed = `stty cols ${columns} rows 24; '${process.execPath}' '${project.bin}' ${command}`
  return project.command('script', ['-qec', typed, '/dev/null'], { env: { TERM: 'xterm-256color', ...env } }).ended
}

inProject('progress is lines if stderr is no terminal', async (project) => {
  const ended = await project.run(['tasks.mjs#nap', ...INPUTS, '-j', '1', '--progress-interval', '200ms'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), INPUTS)
  const [summary, ...lines] = ended.stderr.trimEnd().split('\n').toReversed()
  assert.match(summary ?? '', /^✔ 40 ok in /)
  assert.match(lines[0] ?? '', /^\[nap\] 40\/40 {2}100 % /)
  assert.ok(lines.length > 2, ended.stderr)
  for (const line of lines) assert.match(line, /^\[nap\] \d+\/40 {2}\d+ % {2}[\d.]+\/s {2}(ETA )?[\dhms ]+$/)
  for (const moves of ['\u001B', '\r']) assert.ok(!ended.stderr.includes(moves), ended.stderr)
})

inProject('a short run prints no progress lines', async (project) => {
  const ended = await project.run(['tasks.mjs', 'a'])
  assert.match(ended.stderr, /^✔ 1 ok [^\n]*\n$/)
})

for (const columns of [80, 120]) {
  inProject(
    `a bar on a terminal of ${columns} columns`,
    async (project) => {
      const ended = await onTerminal(project, columns, `run tasks.mjs#nap ${INPUTS.join(' ')} -j 1 -o out.jsonl`)
      endedWith(ended, 0)
      // oxlint-disable-next-line no-control-regex -- what a terminal obeys
      const drawn = ended.stdout.replaceAll(/\u001B\[[\d;?]*[A-Za-z]/g, '\r').split(/[\r\n]+/)
      const bars = drawn.filter((line) => line.startsWith('  nap  ') || /━{8}/.test(line))
      assert.ok(bars.length > 3, ended.stdout)
      for (const line of drawn) assert.ok(line.length < columns, line)
      assert.ok(ended.stdout.includes('━'), ended.stdout)
      assert.match(ended.stdout, /\d+\/40/)
      // The cursor is back, lines wrap again, and the last line stands alone.
      assert.ok(ended.stdout.lastIndexOf('\u001B[?25h') > ended.stdout.lastIndexOf('\u001B[?25l'))
      assert.ok(ended.stdout.lastIndexOf('\u001B[?7h') > ended.stdout.lastIndexOf('\u001B[?7l'))
      assert.match(ended.stdout, /40 ok in [\d.hms ]+ .*\r\n {2}results out\.jsonl\r\n$/)
      assert.deepEqual(values(await project.read('out.jsonl')), INPUTS)
    },
    { skip },
  )
}

inProject(
  'results on a terminal go above the bar; NO_COLOR leaves it without color',
  async (project) => {
    const command = `run tasks.mjs#nap ${INPUTS.join(' ')} -j 1`
    const ended = await onTerminal(project, 80, command, { NO_COLOR: '1' })
    endedWith(ended, 0)
    for (const input of INPUTS) assert.ok(ended.stdout.includes(`"${input}"\r\n`), input)
    // oxlint-disable-next-line no-control-regex -- what a terminal obeys
    assert.doesNotMatch(ended.stdout, /\u001B\[\d*m/)
  },
  { skip },
)

inProject(
  'a run without inputs does not wait for a terminal',
  async (project) => {
    const ended = await onTerminal(project, 80, 'run tasks.mjs')
    endedWith(ended, 2)
    assert.match(ended.stdout, /no inputs: give values, globs/)
  },
  { skip },
)
