import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'

import { ROOT } from './support/package.js'
import { endedWith, inProject, type Project, usePackage, values } from './support/project.js'

usePackage('library')

/** Three steps, the second of which uses another module; each call is noted. */
async function writeSteps(project: Project, { scale = 'x * 10', last = 'x + 1' } = {}): Promise<void> {
  await project.write('lib/scale.mjs', `export const scale = (x) => ${scale}\n`)
  const note = `import { appendFileSync } from 'node:fs'
export const note = (what) => appendFileSync('calls.txt', what + '\\n')\n`
  await project.write('lib/note.mjs', note)
  const steps = `import { note } from './lib/note.mjs'
import { scale } from './lib/scale.mjs'
export function first(x) { note('first'); return Math.abs(x) }
export function second(x) { note('second'); return scale(x) }
`
  await project.write('steps.mjs', steps)
  const third = `import { note } from './lib/note.mjs'
export function third(x) { note('third'); return ${last} }
`
  await project.write('third.mjs', third)
  const main = `import { Cache } from 'manyhands/cache'
import { apply } from 'manyhands/workflow'
import { first, second } from './steps.mjs'
import { third } from './third.mjs'
const workflow = apply(third)(apply(second)(apply(first)([1, -2, 3])))
console.log(JSON.stringify(await workflow.run({ workers: 2, cache: new Cache('cache') })))
`
  await project.write('main.mjs', main)
}

async function calls(project: Project): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const line of (await project.read('calls.txt')).split('\n').slice(0, -1)) counts[line] = (counts[line] ?? 0) + 1
  await project.write('calls.txt', '')
  return counts
}

async function main(project: Project, expected: unknown): Promise<void> {
  const ended = await project.command(process.execPath, ['main.mjs']).ended
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [expected])
}

inProject(
  'a changed step, or a module that it imports, runs again, and what depends on its values',
  async (project) => {
    await project.write('calls.txt', '')
    await writeSteps(project)
    await main(project, [11, 21, 31])
    assert.deepEqual(await calls(project), { first: 3, second: 3, third: 3 })
    await main(project, [11, 21, 31])
    assert.deepEqual(await calls(project), {})
    await writeSteps(project, { last: 'x + 2' })
    await main(project, [12, 22, 32])
    assert.deepEqual(await calls(project), { third: 3 })
    // Other code, the same values: the third step has nothing to do.
    await writeSteps(project, { last: 'x + 2', scale: 'x * 5 * 2' })
    await main(project, [12, 22, 32])
    assert.deepEqual(await calls(project), { first: 3, second: 3 })
    await writeSteps(project, { last: 'x + 2', scale: 'x * 7' })
    await main(project, [9, 16, 23])
    assert.deepEqual(await calls(project), { first: 3, second: 3, third: 3 })
  },
)

inProject('a killed workflow resumes from its cache', async (project) => {
  const main = `import { appendFileSync, existsSync } from 'node:fs'
import { Cache } from 'manyhands/cache'
import { apply } from 'manyhands/workflow'
const PAUSE = new Int32Array(new SharedArrayBuffer(4))
function slow(x) {
  appendFileSync('calls.txt', x + '\\n')
  while (x >= 30 && !existsSync('go')) Atomics.wait(PAUSE, 0, 0, 2)
  return x * 2
}
const items = Array.from({ length: 40 }, (_, i) => i)
const workflow = apply((x) => x + 1)(apply(slow)(items))
const results = await workflow.run({ workers: 2, batch: 1, cache: new Cache('cache') })
console.log(JSON.stringify(results))
`
  await project.write('killed.mjs', main)
  const lines = (): string[] => readFileSync(join(project.folder, 'calls.txt'), 'utf8').split('\n').slice(0, -1)
  const running = project.command(process.execPath, ['killed.mjs'])
  // Both workers are held up.
  while (!existsSync(join(project.folder, 'calls.txt')) || lines().filter((line) => Number(line) >= 30).length < 2)
    await new Promise((resolve) => setTimeout(resolve, 5))
  running.signal('SIGKILL')
  await running.ended
  const before = lines()
  await project.write('go', '')
  await project.write('calls.txt', '')
  const ended = await project.command(process.execPath, ['killed.mjs']).ended
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [Array.from({ length: 40 }, (_, i) => i * 2 + 1)])
  // What had begun and had no result runs again, nothing else.
  const again = lines().filter((line) => before.includes(line))
  assert.ok(again.length <= 2, `${again.join()} ran again`)
  assert.equal(new Set([...before, ...lines()]).size, 40)
})

inProject('the example word-lengths computes nothing the second time', async (project) => {
  await cp(join(ROOT, 'build', 'examples', 'word-lengths.js'), join(project.folder, 'word-lengths.mjs'))
  const results = [1, 2, 2, 4, 3, 6]
  for (const [computed, cached] of [
    [9, 0],
    [0, 9],
  ]) {
    const ended = await project.command(process.execPath, ['word-lengths.mjs', 'cache']).ended
    endedWith(ended, 0)
    assert.deepEqual(values(ended.stdout), [{ results, computed, cached }])
  }
})

const GRAPH = `import { apply, join } from 'manyhands/workflow'
const length = apply((word) => word.length, { name: 'length' })
const multiply = join((a, b) => { if (a === 3) throw new RangeError('three'); return a * b }, { name: 'multiply' })
export const workflow = multiply(length(['a', 'bc']), [1, 2])
export const lengths = (words) => multiply(length(words), [1, 2])
export const shout = (word) => word.toUpperCase()
`

inProject('run takes a workflow, or a function that declares one', async (project) => {
  await project.write('graph.mjs', GRAPH)
  const whole = await project.run(['graph.mjs#workflow'])
  endedWith(whole, 0)
  assert.deepEqual(values(whole.stdout), [1, 2, 2, 4])
  assert.match(whole.stderr, /4 ok/)
  const given = await project.run(['graph.mjs#lengths', 'a', 'bcd', '-o', 'out.jsonl', '--on', 'threads'])
  endedWith(given, 1)
  assert.deepEqual(values(await project.read('out.jsonl')), [1, 2])
  assert.match(given.stderr, /✖ multiply\[\d\]: RangeError: three/)
  assert.match(given.stderr, /2 ok, 2 failed/)
  // Functions beside workflows are still tasks.
  assert.deepEqual(values((await project.run(['graph.mjs#shout', 'a', 'b'])).stdout), ['A', 'B'])
})

inProject('run refuses what makes no sense for a workflow', async (project) => {
  await project.write('graph.mjs', GRAPH)
  await project.write('in.txt', 'a\nb\n')
  for (const [args, says] of [
    [['graph.mjs#workflow', 'a'], /takes no inputs/],
    [['graph.mjs#workflow', '--dry-run'], /manyhands plan/],
    [['graph.mjs#workflow', '--resume=last'], /resumes from its cache/],
    [['graph.mjs#workflow', '--max-memory', '1G'], /workflow is a workflow: --max-memory has no meaning for one/],
    [['graph.mjs#workflow', '--skip', '1'], /workflow is a workflow without inputs: --skip has no meaning for one/],
    [['graph.mjs#lengths', 'a', '--log', 'log.jsonl'], /lengths is a workflow: --log has no meaning for one/],
    [['graph.mjs#lengths', '@in.txt', '-o', 'in.txt'], /this is where the inputs come from/],
  ] as const) {
    const ended = await project.run(args)
    endedWith(ended, 2)
    assert.match(ended.stderr, says)
  }
})

inProject('plan shows what would be computed', async (project) => {
  await project.write('graph.mjs', GRAPH)
  const table = await project.start(['plan', 'graph.mjs#workflow']).ended
  endedWith(table, 0)
  assert.deepEqual(table.stdout.trimEnd().split('\n'), [
    'node      hit  run  unknown  why',
    'length      0    2        0  never run (2)',
    'multiply    0    0        4  depends on what will run (4)',
  ])
  const json = await project.start(['plan', 'graph.mjs#lengths', 'a', '--json']).ended
  endedWith(json, 0)
  const [plan] = values(json.stdout) as { nodes: { name: string; items: unknown[] }[] }[]
  assert.deepEqual(plan?.nodes[0]?.items, [{ index: 0, state: 'run', reason: 'never run' }])
  endedWith(await project.run(['graph.mjs#workflow', '--cache']), 0)
  const stored = await project.start(['plan', 'graph.mjs#workflow']).ended
  assert.match(stored.stdout, /^length +2 +0 +0$/m)
  assert.match(stored.stdout, /^multiply +4 +0 +0$/m)
  const again = await project.run(['graph.mjs#workflow', '--cache', '--json'])
  assert.equal((values(again.stderr).at(-1) as { cached: number }).cached, 6)
  const none = await project.start(['plan', 'graph.mjs#shout']).ended
  endedWith(none, 2)
  assert.match(none.stderr, /shout is not a workflow/)
})

inProject('manyhands run and plan find a workflow that a CommonJS module exports', async (project) => {
  await project.write(
    'graph.cjs',
    "const { apply } = require('manyhands/workflow')\nexports.workflow = apply((x) => x * 10)([1, 2])\n",
  )
  const ended = await project.run(['graph.cjs#workflow', '-q'])
  endedWith(ended, 0)
  assert.deepEqual(values(ended.stdout), [10, 20])
  const plan = await project.start(['plan', 'graph.cjs#workflow', '--json']).ended
  endedWith(plan, 0)
})

/** Each of a function, a pipeline and a workflow calls this for each item. */
const SAME = `import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { apply } from 'manyhands/workflow'
import { pipeline } from 'manyhands/pipeline'
export async function step(x) {
  console.log('at ' + x)
  if (x === 'bad') throw new RangeError('bad')
  while (x === 'wait' && !existsSync('go')) await sleep(5)
  await sleep(30)
  return x
}
export const graph = (items) => apply(step, { name: 'step' })(items)
export const steps = pipeline('steps').step('only', ({ input }) => step(input))
`

interface Summary {
  readonly type: string
  readonly endedBy?: string
  readonly exitCode: number
  readonly ok: number
  readonly failed: number
  readonly notDone: number
}

for (const name of ['step', 'steps', 'graph']) {
  inProject(`--json: the summary of ${name} has the words of all runs`, async (project) => {
    await project.write('same.mjs', SAME)
    const summary = async (...args: string[]): Promise<Summary> => {
      const ended = await project.run([`same.mjs#${name}`, '-j', '1', '--batch', '1', '--json', ...args])
      const lines = values(ended.stderr) as Summary[]
      for (const { type } of lines) assert.match(type, /^(failure|output|summary)$/)
      const last = lines.at(-1) as Summary
      assert.equal(last.exitCode, ended.code)
      return last
    }
    const whole = await summary('a', 'b')
    assert.deepEqual([whole.endedBy, whole.ok, whole.failed, whole.notDone], [undefined, 2, 0, 0])
    const failed = await summary('a', 'bad')
    assert.deepEqual([failed.endedBy, failed.ok, failed.failed, failed.exitCode], [undefined, 1, 1, 1])
    const halted = await summary('bad', 'wait', 'wait', '--fail-fast')
    assert.deepEqual([halted.endedBy, halted.failed, halted.exitCode], ['halt', 1, 4])
    const late = await summary('a', 'wait', '--deadline', '600ms')
    assert.deepEqual([late.endedBy, late.exitCode], ['deadline', 124])
  })

  inProject(`an interrupted run of ${name} lets what runs finish, and says the rest`, async (project) => {
    await project.write('same.mjs', SAME)
    const args = ['run', `same.mjs#${name}`, 'wait', 'b', 'c', '-j', '1', '--batch', '1', '--logs', 'inherit']
    const running = project.start([...args, '-o', 'out.jsonl'])
    await running.prints('at wait')
    running.signal('SIGINT')
    await running.prints('interrupted: nothing more is started')
    await project.write('go', '')
    const ended = await running.ended
    endedWith(ended, 130)
    assert.match(ended.stderr, /✖ interrupted after [\d.hms ]+: [12] ok, [12] not done/)
    assert.ok(values(await project.read('out.jsonl')).length > 0)
  })
}

inProject('--progress: lines, JSON or a bar for a workflow, as often as --progress-interval says', async (project) => {
  await project.write('same.mjs', SAME)
  const inputs = Array.from({ length: 30 }, (_, index) => String(index))
  const args = ['same.mjs#graph', ...inputs, '-j', '1', '--logs', 'off', '--progress-interval', '100ms', '--progress']
  const [bar, lines, json, none] = await Promise.all(
    ['bar', 'lines', 'json', 'none'].map((how) => project.run([...args, how])),
  )
  assert.match(bar?.stderr ?? '', /\r {2}graph {2}1 process {2}━+ {2}30\/30[^\r\n]*\n✔ 30 ok/)
  assert.match(lines?.stderr ?? '', /^\[graph\] \d+\/30 /m)
  const shown = (json?.stderr ?? '').split('\n').filter((line) => line.startsWith('{"type":"progress"'))
  assert.ok(shown.length > 3, json?.stderr)
  assert.equal((JSON.parse(shown.at(-1) ?? '') as { total: number }).total, 30)
  assert.match(none?.stderr ?? '', /^✔ 30 ok/)
})

inProject('what the nodes of a workflow print comes with the item, or as JSON', async (project) => {
  await project.write('same.mjs', SAME)
  const plain = await project.run(['same.mjs#graph', 'a', 'b'])
  endedWith(plain, 0)
  assert.match(plain.stderr, /^a │ at a\nb │ at b\n✔ 2 ok/)
  const json = await project.run(['same.mjs#graph', 'a', '--json'])
  const [first] = values(json.stderr) as { type: string; text: string }[]
  assert.deepEqual([first?.type, first?.text], ['output', 'at a\n'])
})

inProject('--debug stops where a node of a workflow throws', async (project) => {
  await project.write('same.mjs', SAME)
  const ended = await project.run(['same.mjs#graph', 'a', 'bad', '--debug'], { input: '' })
  endedWith(ended, 1)
  assert.match(ended.stderr, /step\[1\] failed/)
  assert.match(ended.stderr, /same\.mjs:7:20/)
})

inProject('two runs of a workflow cannot write to one file', async (project) => {
  await project.write('same.mjs', SAME)
  const first = project.start(['run', 'same.mjs#graph', 'wait', '-o', 'out.jsonl', '--logs', 'inherit'])
  await first.prints('at wait')
  const second = await project.run(['same.mjs#graph', 'a', '-o', 'out.jsonl'])
  endedWith(second, 3)
  assert.match(second.stderr, /out\.jsonl is being written by another run/)
  await project.write('go', '')
  endedWith(await first.ended, 0)
})

inProject('what modules and tasks print is never on stdout, on any backend; hits are told as hits', async (project) => {
  const code = `import { apply, join } from 'manyhands/workflow'
console.log('module')
process.stdout.write('module written\\n')
const length = apply(function length(text) { console.log('task'); process.stdout.write('written\\n'); return text.length })
export const workflow = join(function times(a, b) { return a * b })(length(['a', 'bc', 'def']), [1, 2])
export default function plain(x) { console.log('plain'); process.stdout.write('written\\n'); return x }
`
  await project.write('noisy.mjs', code)
  for (const on of ['processes', 'threads', 'serial']) {
    for (const logs of ['ordered', 'inherit']) {
      const ended = await project.run(['run', 'noisy.mjs', 'a', '--on', on, '--logs', logs].slice(1))
      endedWith(ended, 0)
      assert.equal(ended.stdout, '"a"\n', `${on} ${logs}`)
      assert.match(ended.stderr, /module written/)
    }
    const first = await project.run(['noisy.mjs#workflow', '--on', on, `--cache=${on}`, '-v'])
    endedWith(first, 0)
    assert.deepEqual(values(first.stdout), [1, 2, 2, 4, 3, 6])
    assert.equal(first.stderr.match(/· start length/g)?.length, 3)
    assert.equal(first.stderr.match(/· done length/g)?.length, 3)
    const again = await project.run(['noisy.mjs#workflow', '--on', on, `--cache=${on}`, '-v'])
    endedWith(again, 0)
    assert.equal(again.stderr.match(/· hit /g)?.length, 9)
    assert.doesNotMatch(again.stderr, /· (?:start|done) /)
  }
})
