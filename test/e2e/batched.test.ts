import assert from 'node:assert/strict'

import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

const WORK = `
import { batched, stateful } from 'manyhands'
const numbersOf = (rows) => rows.map((row) => row.n)
export const sizes = batched((rows) => rows.map(() => rows.length), { size: 8 })
export const insert = batched((rows) => {
  if (rows.some((row) => row.n === 70)) throw new RangeError('seventy')
  return numbersOf(rows)
}, { size: 16 })
export const plain = (rows) => rows.map((row) => [row.n, rows.length])
class Negative { call(rows) { return rows.map((row) => -row.n) } }
export const negative = batched(stateful(Negative), { size: 8 })
export class Sum { call(rows, more) { return rows.map((row) => row.n + more) } }
`
const ROWS = Array.from({ length: 100 }, (_, n) => (n === 50 ? '{bad' : JSON.stringify({ n }))).join('\n')
const good = (bad: number[]): number[] =>
  Array.from({ length: 100 }, (_, n) => n).filter((n) => n !== 50 && !bad.includes(n))

for (const on of ['processes', 'threads', 'serial'] as const) {
  inProject(
    `an export that is batched is called with many rows, of which each keeps its own outcome: ${on}`,
    async (project) => {
      await project.write('work.mjs', WORK)
      await project.write('rows.jsonl', ROWS)
      const ended = await project.run(['work.mjs#insert', '@rows.jsonl', '--on', on, '--json'])
      endedWith(ended, 1)
      assert.deepEqual(values(ended.stdout), good([70]))
      const failures = (values(ended.stderr) as { type: string; error?: string }[]).filter(
        ({ type }) => type === 'failure',
      )
      assert.equal(failures.length, 2)
      assert.match(JSON.stringify(failures), /seventy/)
      assert.match(JSON.stringify(failures), /rows\.jsonl:51/)
    },
  )

  inProject(`--batched calls a plain function of an array: ${on}`, async (project) => {
    await project.write('work.mjs', WORK)
    await project.write('rows.jsonl', ROWS)
    const ended = await project.run(['work.mjs#plain', '@rows.jsonl', '--on', on, '--batched', '10', '--skip', '51'])
    endedWith(ended, 0)
    const results = values(ended.stdout) as [number, number][]
    assert.deepEqual(
      results.map(([n]) => n),
      good([]).slice(50),
    )
    assert.ok(results.some(([, inputs]) => inputs === 10))
  })
}

inProject('stateful workers are batched: by their export, and by --batched', async (project) => {
  await project.write('work.mjs', WORK)
  await project.write('rows.jsonl', ROWS)
  const ended = await project.run(['work.mjs#negative', '@rows.jsonl', '--limit', '9'])
  endedWith(ended, 0)
  assert.deepEqual(
    values(ended.stdout),
    good([])
      .slice(0, 9)
      .map((n) => 0 - n),
  )
  const sums = await project.run(['work.mjs#Sum', '@rows.jsonl', '--limit', '9', '--batched', '4', '--args', '[5]'])
  endedWith(sums, 0)
  assert.deepEqual(
    values(sums.stdout),
    good([])
      .slice(0, 9)
      .map((n) => n + 5),
  )
})

inProject('a run of a batched function is resumed input by input, with another size, too', async (project) => {
  await project.write('work.mjs', WORK)
  await project.write('rows.jsonl', ROWS)
  endedWith(await project.run(['work.mjs#insert', '@rows.jsonl', '--log', 'log.jsonl']), 1)
  await project.write('rows.jsonl', ROWS.replace('{bad', '{"n":50}'))
  const again = await project.run([
    'work.mjs#insert',
    '@rows.jsonl',
    '--resume',
    '--log',
    'log.jsonl',
    '--batched',
    '3',
  ])
  endedWith(again, 1)
  assert.deepEqual(values(again.stdout), [50])
})

inProject('wrong values of --batched are refused', async (project) => {
  await project.write('work.mjs', WORK)
  for (const [flags, expected] of [
    [['--batched', '0'], /--batched: expected a whole number from 1 to 32767, got "0"/],
    [['--batched', '40000'], /--batched: expected a whole number from 1 to 32767/],
    [['--batched', '2', '--spread'], /--batched .*cannot be used with .*--spread/],
  ] as const) {
    const ended = await project.run(['work.mjs#plain', 'a', ...flags])
    endedWith(ended, 2)
    assert.match(ended.stderr, expected)
  }
})
