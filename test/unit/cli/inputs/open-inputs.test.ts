import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import type { BadRow } from '#manyhands/cli/inputs/bad-row.js'
import { takeRange } from '#manyhands/cli/inputs/input-chunks.js'
import { type InputOptions, openInputs } from '#manyhands/cli/inputs/open-inputs.js'

import { piecesOf } from '../../rows/support.js'

const warn = (message: string): never => assert.fail(message)

describe('inputs of files', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manyhands-inputs-'))
    await writeFile(join(folder, 'rows.csv'), 'a,b\n1,2\n1\n3,4\n1,2,3\n')
    await writeFile(join(folder, 'twice.csv'), 'a,a\n1,2\n')
    await writeFile(join(folder, 'all.json'), '["x", "y"]')
  })
  after(() => rm(folder, { recursive: true }))

  interface Read {
    readonly inputs: unknown[]
    readonly bad: string[]
    readonly totals: (number | undefined)[]
  }

  async function read(names: readonly string[], options: Partial<InputOptions> = {}): Promise<Read> {
    const bad: string[] = []
    const { items, total } = await openInputs(
      names.map((name) => name.replace('@', `@${folder}/`)),
      { literal: false, format: 'auto', skip: 0, limit: Infinity, ...options },
      { warn, onBadRow: (row: BadRow) => bad.push(`${row.position}: ${row.message}`.replace(`${folder}/`, '')) },
    )
    const totals = [total()]
    const inputs: unknown[] = []
    for await (const input of items) inputs.push(input)
    return { inputs, bad, totals: [...totals, total()] }
  }

  it('bad rows are reported, counted, and not passed on', async () => {
    assert.deepEqual(await read(['x', '@rows.csv', '@all.json']), {
      inputs: ['x', { a: '1', b: '2' }, { a: '3', b: '4' }, 'x', 'y'],
      bad: ['rows.csv:3: 1 field, the header has 2', 'rows.csv:5: 3 fields, the header has 2'],
      totals: [7, 7],
    })
  })

  it('a bad row counts for --skip and --limit', async () => {
    assert.deepEqual(await read(['x', '@rows.csv'], { skip: 2, limit: 2 }), {
      inputs: [{ a: '3', b: '4' }],
      bad: ['rows.csv:3: 1 field, the header has 2'],
      totals: [2, 2],
    })
  })

  it('JSON alone is all there, and counted', async () => {
    assert.deepEqual(await read(['@all.json', 'z'], { skip: 1 }), { inputs: ['y', 'z'], bad: [], totals: [2, 2] })
  })

  it('a format goes before the name', async () => {
    const { inputs } = await read(['@all.json'], { format: 'lines' })
    assert.deepEqual(inputs, ['["x", "y"]'])
  })

  it('a wrong header is told before anything is read', async () => {
    await assert.rejects(read(['@rows.csv', '@twice.csv']), {
      message: `${folder}/twice.csv:1: columns 1 and 2 are both called "a"; each needs a name of its own`,
      exitCode: 2,
    })
  })
})

describe('input chunks', () => {
  for (const [skip, limit, expected] of [
    [0, Infinity, [1, 2, 3, 4, 5, 6]],
    [0, 2, [1, 2]],
    [1, 3, [2, 3, 4]],
    [4, Infinity, [5, 6]],
    [9, 1, []],
    [0, 0, []],
  ] as const) {
    it(`--skip ${skip} --limit ${limit}`, async () => {
      const taken: unknown[] = []
      for await (const lot of takeRange(piecesOf([1, 2], [], [3, 4, 5], [6]), skip, limit)) taken.push(...lot)
      assert.deepEqual(taken, expected)
    })
  }

  it('input chunks are read no further than the limit', async () => {
    let read = 0
    async function* lots(): AsyncGenerator<number[], void, undefined> {
      for (;;) yield [read++]
    }
    for await (const _ of takeRange(lots(), 1, 2));
    assert.equal(read, 3)
  })
})
