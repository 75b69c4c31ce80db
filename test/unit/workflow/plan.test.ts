import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join as path } from 'node:path'
import { describe, it } from 'node:test'

import { InvalidArgumentError } from 'manyhands'
import { Cache } from 'manyhands/cache'
import { apply, files, filter, flatMap, gather, groupBy, join, type WorkflowNode } from 'manyhands/workflow'

import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

const sum = (all: number[]): number => all.reduce((a, b) => a + b, 0)

function multiplied(words: readonly string[], length = (s: string): number => s.length): WorkflowNode<number> {
  return join((a: number, b: number) => a * b, { name: 'multiply' })(apply(length, { name: 'length' })(words), [1, 2])
}

async function shown(node: WorkflowNode<unknown>, cache: Cache | undefined): Promise<string[]> {
  const { nodes } = await node.plan({ cache })
  return nodes.map(({ name, hit, run, unknown }) => `${name} ${hit}/${run}/${unknown}`)
}

describe('a plan', () => {
  it('says what is stored, what will run, and what nobody knows', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const workflow = multiplied(['a', 'bc', 'def'])
    assert.deepEqual(await shown(workflow, cache), ['length 0/3/0', 'multiply 0/0/6'])
    await workflow.run({ cache })
    assert.deepEqual(await shown(workflow, cache), ['length 3/0/0', 'multiply 6/0/0'])
    // A word of another length, and one of the same.
    assert.deepEqual(await shown(multiplied(['a', 'bc', 'defg', 'xy']), cache), ['length 2/2/0', 'multiply 4/0/4'])
    assert.deepEqual(await shown(workflow, undefined), ['length 0/3/0', 'multiply 0/0/6'])
  })

  it('says why', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const add = apply((a: number, b: number) => a + b, { name: 'add' })
    const reasons = async (node: WorkflowNode<unknown>): Promise<(string | undefined)[]> => {
      const { nodes } = await node.plan({ cache })
      return nodes.at(-1)?.items.map((item) => `${item.index} ${item.state} ${item.reason}`) ?? []
    }
    assert.deepEqual(await reasons(add([1, 2], 5)), ['0 run never run', '1 run never run'])
    await add([1, 2], 5).run({ cache })
    assert.deepEqual(await reasons(add([1, 3], 5)), ['0 hit undefined', '1 run argument 1 changed'])
    assert.deepEqual(await reasons(add([1, 2], 6)), ['0 run argument 2 changed', '1 run argument 2 changed'])
    const versioned = (version: string): WorkflowNode<number> =>
      apply(sum, { version, name: 'sum' })([[1], [2]] as never)
    await versioned('1').run({ cache, onError: 'return' })
    assert.deepEqual(await reasons(apply((a: number) => a, { cache: false })([1])), ['0 run not cached'])
  })

  it('follows every operator', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const letters = flatMap((word: string) => word.split(''), { name: 'letters' })(['ab', 'ca'])
    const known = filter((letter: string) => letter !== 'b', { name: 'known' })(letters)
    const groups = groupBy(
      (letter: string) => letter,
      (letter, all) => all.length + letter.length - 1,
      { name: 'groups' },
    )(known)
    const total = gather(sum, { name: 'total' })(groups)
    const names = ['letters', 'known', 'key of groups', 'groups', 'total']
    assert.deepEqual(
      await shown(total, cache),
      ['letters 0/2/0', ...names.slice(1).map((name) => `${name} 0/0/1`)]
        .with(1, 'known 0/0/2')
        .with(2, 'key of groups 0/0/2'),
    )
    assert.deepEqual(await total.run({ cache }), [3])
    assert.deepEqual(await shown(total, cache), [
      'letters 2/0/0',
      'known 4/0/0',
      'key of groups 3/0/0',
      'groups 2/0/0',
      'total 1/0/0',
    ])
  })

  it('computes nothing, and leaves generators alone', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    let calls = 0
    const counting = apply((x: number) => (calls += x), { local: true })([1, 2].values())
    const { nodes } = await counting.plan({ cache })
    assert.deepEqual(nodes[0]?.items, [{ index: 0, state: 'unknown', reason: 'depends on what will run' }])
    assert.equal(calls, 0)
    assert.deepEqual(await counting.run(), [1, 3])
  })

  it('is refused with wrong options', async () => {
    const node = apply((x: number) => x)([1])
    assert.ok((await failure(node.plan({ wrokers: 1 } as never))) instanceof InvalidArgumentError)
    assert.ok((await failure(node.plan({ journal: 'a' } as never))) instanceof InvalidArgumentError)
  })
})

describe('files', () => {
  it('are sorted, given once, and known by their content', async () => {
    using scratch = new Scratch()
    for (const name of ['b.txt', 'a.txt', 'c.csv']) writeFileSync(scratch.file(name), name)
    const cache = new Cache(scratch.file('cache'))
    const { readFileSync } = await import('node:fs')
    const workflow = apply((one: { path: string }) => readFileSync(one.path, 'utf8'))(
      files(path(scratch.folder, '*.txt'), path(scratch.folder, '*.*')),
    )
    assert.deepEqual(await workflow.run({ cache }), ['a.txt', 'b.txt', 'c.csv'])
    writeFileSync(scratch.file('a.txt'), 'other')
    const results = workflow.run({ cache })
    assert.deepEqual(await results, ['other', 'b.txt', 'c.csv'])
    assert.equal(results.stats().cached, 2)
    const error = await failure(files(path(scratch.folder, '*.none')).run())
    assert.match(String(error), /patterns that match files/)
  })
})

describe('a picture', () => {
  it('shows nodes, and what the latest run did', async () => {
    const node = multiplied(['a', 'bc'], (s) => {
      if (s === 'a') throw new RangeError('a')
      return s.length
    })
    assert.equal(
      node.toMermaid(),
      [
        'flowchart LR',
        '  n0(["2 items"])',
        '  n1["length"]',
        '  n2(["2 items#35;2"])',
        '  n3["multiply"]',
        '  n0 --> n1',
        '  n1 --> n3',
        '  n2 --> n3',
        '',
      ].join('\n'),
    )
    await node.run({ onError: 'return' })
    assert.match(node.toMermaid(), /n1\["length<br>1\/2, 1 failed"\]:::failed/)
    assert.match(node.toMermaid(), /n3\["multiply<br>2\/4, 2 not run"\]/)
    assert.match(
      node.toDot(),
      /^digraph workflow \{[\s\S]*n1 \[label="length\\n1\/2, 1 failed" color="#cc0000"[\s\S]*n2 -> n3\n\}\n$/,
    )
  })
})
