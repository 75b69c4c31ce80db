import assert from 'node:assert/strict'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { until } from '../support/until.js'
import { endedWith, inProject, usePackage, values } from './support/project.js'

usePackage()

const STATS = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { reducer } from 'manyhands'
export const totals = reducer({
  initial: () => ({ files: 0, lines: 0 }),
  add: (sum, file) => {
    sum.lines += readFileSync(file, 'utf8').split('\\n').length - 1
    sum.files++
  },
  combine: (a, b) => ({ files: a.files + b.files, lines: a.lines + b.lines }),
})
export const ns = reducer({
  initial: () => 0,
  add: (sum, row, factor = 1) => sum + row.n * factor,
  combine: (a, b) => a + b,
})
export const texts = reducer({ initial: () => [], add: (all, text) => [...all, text], combine: (a, b) => [...a, ...b] })
export const words = reducer({
  initial: () => new Map(),
  add: (all, word) => {
    if (word === 'bad') throw new RangeError('a bad word')
    all.set(word, (all.get(word) ?? 0) + 1)
  },
  combine: (a, b) => {
    for (const [word, count] of b) a.set(word, (a.get(word) ?? 0) + count)
  },
})
export const apart = reducer({
  initial: () => 0,
  add: (sum) => sum + 1,
  combine: () => {
    throw new RangeError('cannot be joined')
  },
})
export const slow = reducer({
  initial: () => 0,
  add: (sum, ms) => new Promise((resolve) => setTimeout(resolve, Number(ms), sum + 1)),
  combine: (a, b) => a + b,
})
export const noting = reducer({
  initial: () => 0,
  add: async (sum, n) => {
    appendFileSync(process.env.RAN, n + '\\n')
    while (n >= 100 && !existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 5))
    return sum + Number(n)
  },
  combine: (a, b) => a + b,
})
export const dying = reducer({
  initial: () => 0,
  add: (sum, how) => (how === 'die' ? process.exit(7) : sum + 1),
  combine: (a, b) => a + b,
})
export const plain = { initial: () => 0, add: (a) => a, combine: (a) => a }
export class Sum {
  initial() { return 0 }
  add(sum, text) { return sum + Number(text) }
  combine(a, b) { return a + b }
}
export class Half { initial() { return 0 } add(sum) { return sum } }
export const length = (text) => text.length
`

for (const on of ['processes', 'threads', 'serial'] as const) {
  inProject(`--reduce prints one value of all inputs of any kind: ${on}`, async (project) => {
    await project.write('stats.mjs', STATS)
    for (const name of ['a', 'b', 'c']) await project.write(`logs/${name}.txt`, `${name}\n${name}\n`)
    await project.write('rows.jsonl', '{"n":1}\n{"n":2}\n\n{"n":3}\n')
    await project.write('list.txt', 'one\ntwo\n')
    const run = async (args: readonly string[], input?: string): Promise<unknown> => {
      const ended = await project.run([...args, '--reduce', '--on', on], input === undefined ? {} : { input })
      endedWith(ended, 0)
      return values(ended.stdout)
    }
    assert.deepEqual(await run(['stats.mjs#totals', 'logs/*.txt']), [{ files: 3, lines: 6 }])
    assert.deepEqual(await run(['stats.mjs#ns', '@rows.jsonl', '--args', '[10]']), [60])
    assert.deepEqual(await run(['stats.mjs#texts', 'zero', '@list.txt', '--limit', '2']), [['zero', 'one']])
    assert.deepEqual(await run(['stats.mjs#words'], 'b\na\nb\n'), [
      [
        ['b', 2],
        ['a', 1],
      ],
    ])
    assert.deepEqual(await run(['stats.mjs#Sum', '1', '2']), [3])
    assert.deepEqual(await run(['stats.mjs#Sum', '@list.txt', '--skip', '2']), [0])
  })
}

inProject('--reduce writes the value to a file, and tells how many inputs it has', async (project) => {
  await project.write('stats.mjs', STATS)
  const ended = await project.run(['stats.mjs#texts', 'a', 'b', '--reduce', '-o', 'out.json', '--json'])
  endedWith(ended, 0)
  assert.equal(ended.stdout, '')
  assert.deepEqual(JSON.parse(await project.read('out.json')), [['a', 'b']])
  const summary = values(ended.stderr).at(-1) as Record<string, unknown>
  assert.equal(summary['ok'], 2)
  assert.equal(summary['failed'], 0)
})

inProject('inputs that fail are told, and left out of the value of --reduce', async (project) => {
  await project.write('stats.mjs', STATS)
  const failed = await project.run(['stats.mjs#words', 'a', 'bad', 'a', '--reduce'])
  endedWith(failed, 1)
  assert.deepEqual(values(failed.stdout), [[['a', 2]]])
  assert.match(failed.stderr, /bad: RangeError: a bad word/)
  assert.match(failed.stderr, /2 ok, 1 failed/)
  await project.write('rows.jsonl', '{"n":1}\n{bad\n{"n":3}\n')
  const unreadable = await project.run(['stats.mjs#ns', '@rows.jsonl', '--reduce'])
  endedWith(unreadable, 1)
  assert.equal(unreadable.stdout, '4\n')
  assert.match(unreadable.stderr, /rows\.jsonl:2/)
  const slow = await project.run(['stats.mjs#slow', '1', '60000', '1', '--reduce', '--timeout', '1s'])
  endedWith(slow, 1)
  assert.equal(slow.stdout, '2\n')
  assert.match(slow.stderr, /60000: TaskTimeoutError/)
  const died = await project.run(['stats.mjs#dying', 'a', 'die', 'b', '--reduce', '--worker-deaths', '0'])
  endedWith(died, 1)
  assert.equal(died.stdout, '2\n')
  assert.match(died.stderr, /die: WorkerCrashedError/)
})

inProject('a reduction that is halted, or cannot be combined, prints no value', async (project) => {
  await project.write('stats.mjs', STATS)
  const halted = await project.run([
    'stats.mjs#words',
    'bad',
    ...Array<string>(50).fill('a'),
    '--reduce',
    '--fail-fast',
  ])
  endedWith(halted, 4)
  assert.equal(halted.stdout, '')
  assert.match(halted.stderr, /halted after/)
  const apart = await project.run(['stats.mjs#apart', 'a', 'b', '--reduce', '--batch', '1'])
  endedWith(apart, 1)
  assert.equal(apart.stdout, '')
  assert.match(apart.stderr, /apart\.combine.*cannot be joined/)
  const late = await project.run(['stats.mjs#slow', '60000', '--reduce', '--deadline', '100ms'])
  endedWith(late, 124)
  assert.equal(late.stdout, '')
})

inProject(
  'an export that --reduce cannot run, and a reducer without it, are errors that say what to do',
  async (project) => {
    await project.write('stats.mjs', STATS)
    const message = async (args: readonly string[], code: number): Promise<string> => {
      const ended = await project.run(args)
      endedWith(ended, code)
      assert.equal(ended.stdout, '')
      return ended.stderr
    }
    assert.match(await message(['stats.mjs#totals', 'a'], 3), /made by reducer\(\).*add --reduce/)
    assert.match(
      await message(['stats.mjs#length', 'a', '--reduce'], 3),
      /reducer\(\{ initial, add, combine \}\), got a plain function/,
    )
    assert.match(await message(['stats.mjs#Half', 'a', '--reduce'], 3), /got Half, which has no combine\(\)/)
    assert.match(await message(['stats.mjs#plain', 'a', '--reduce'], 3), /Export reducer\(plain\)/)
    assert.match(await message(['stats.mjs#total', 'a', '--reduce'], 3), /no export "total".*Did you mean.*totals/)
    for (const flags of [
      ['--order', 'done'],
      ['--batched', '4'],
      ['--rate', '5'],
      ['--cache'],
      ['--debug'],
      ['--steps', 'a'],
    ])
      assert.match(await message(['stats.mjs#totals', 'a', '--reduce', ...flags], 2), /cannot be used with --reduce: /)
    assert.match(await message(['stats.mjs#totals', 'a', '--reduce', '--timeout', '300%'], 2), /--timeout: .*no median/)
  },
)

inProject('--resume adds only what a killed run has not added, and prints the same value', async (project) => {
  await project.write('stats.mjs', STATS)
  await project.write('n.txt', Array.from({ length: 300 }, (_, n) => `${n}\n`).join(''))
  const args = ['stats.mjs#noting', '@n.txt', '--reduce', '--batch', '5', '--json']
  const killed = project.start(['run', ...args], { env: { RAN: 'killed.txt' } })
  await until(() => keptBytes(project.folder) > 0)
  process.kill(killed.pid as number, 'SIGKILL')
  await killed.ended
  await project.write('go', '')
  const resume = async (ran: string): Promise<{ stdout: string; ok: number; skipped: number }> => {
    const ended = await project.run([...args, '--resume'], { env: { RAN: ran } })
    endedWith(ended, 0)
    return { stdout: ended.stdout, ...(values(ended.stderr).at(-1) as { ok: number; skipped: number }) }
  }
  const resumed = await resume('resumed.txt')
  assert.equal(resumed.stdout, `${(300 * 299) / 2}\n`)
  assert.ok(resumed.skipped > 0)
  assert.equal(resumed.ok + resumed.skipped, 300)
  assert.equal((await project.read('resumed.txt')).trim().split('\n').length, resumed.ok)
  const again = await resume('again.txt')
  assert.equal(again.stdout, resumed.stdout)
  assert.equal(again.skipped, 300)
  assert.equal(existsSync(join(project.folder, 'again.txt')), false)
})

/** The bytes of accumulators that the runs of a folder have kept. */
function keptBytes(folder: string): number {
  const runs = join(folder, '.manyhands')
  if (!existsSync(runs)) return 0
  const files = readdirSync(runs).map((run) => join(runs, run, 'log.jsonl.partials'))
  return files.reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0)
}

inProject(
  'a reduction has a job log: --dry-run, retry, status, report and --allow-changed go by it',
  async (project) => {
    await project.write('stats.mjs', STATS)
    for (const name of ['a', 'b']) await project.write(`${name}.txt`, 'x\n')
    const run = ['stats.mjs#totals', 'a.txt', 'b.txt', 'c.txt', '--reduce', '--batch', '1']
    endedWith(await project.run([...run, '--report', 'report.json']), 1)
    assert.match(await project.read('report.json'), /c\.txt/)
    const left = await project.run([...run, '--dry-run', '--resume'])
    endedWith(left, 0)
    assert.equal(left.stdout, 'c.txt\n')
    const status = await project.start(['status', 'last', '--failed']).ended
    assert.match(status.stdout, /2 ok, 1 failed[\s\S]*failed +#2 c\.txt: Error: ENOENT/)
    const debug = await project.start(['debug', 'last']).ended
    endedWith(debug, 2)
    assert.match(debug.stderr, /made one value of all inputs/)
    await project.write('c.txt', 'y\n')
    const retried = await project.start(['retry', 'last']).ended
    endedWith(retried, 0)
    assert.equal(retried.stdout, '{"files":3,"lines":3}\n')
    assert.match(retried.stderr, /1 ok, 2 skipped/)
    await project.write('stats.mjs', `${STATS}\nexport const other = 1\n`)
    const changed = await project.run([...run, '--resume'])
    endedWith(changed, 3)
    assert.match(changed.stderr, /function has changed/)
    const allowed = await project.run([...run, '--resume', '--allow-changed'])
    endedWith(allowed, 0)
    assert.equal(allowed.stdout, '{"files":3,"lines":3}\n')
  },
)
