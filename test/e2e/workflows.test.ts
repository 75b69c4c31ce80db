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

inProject('a killed run goes on where it was', async (project) => {
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

inProject('the example computes nothing the second time', async (project) => {
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
  for (const [args, says] of [
    [['graph.mjs#workflow', 'a'], /takes no inputs/],
    [['graph.mjs#workflow', '--dry-run'], /manyhands plan/],
    [['graph.mjs#workflow', '--resume=last'], /goes on from its cache/],
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
  assert.match(none.stderr, /shout is no workflow/)
})
