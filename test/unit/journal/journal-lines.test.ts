import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { byteLines } from '#manyhands/journal/lines/byte-lines.js'
import { parseLine } from '#manyhands/journal/lines/journal-line.js'
import { readJournal, readRowSecret, readRows } from '#manyhands/journal/lines/read-journal.js'
import { Past } from '#manyhands/journal/past.js'
import { Scratch } from '#manyhands/testing/scratch.js'

const KEYS = Buffer.alloc(32, 7).toString('base64')
const HEX = '07'.repeat(32)
const SECRET = Buffer.alloc(16, 9)
const RUN = { v: 2, type: 'run', run: 'a', code: 'c', rowKey: SECRET.toString('base64'), host: 'h', started: 1 }
const WORKER = { v: 2, type: 'worker', event: 'start', worker: 1, slot: 0, pid: 42, host: 'there', at: 2 }
const BATCH = { v: 2, task: 3, count: 2, state: 'ok', keys: KEYS, of: 'value', start: 1, ms: 0.5, worker: 1, out: 20 }
const ROW = {
  v: 2,
  task: 1,
  key: `sha256:${HEX}`,
  input: 'x',
  attempt: 1,
  state: 'ok',
  start: 1.5,
  ms: 2,
  worker: 1,
}
const OLD = { ...ROW, v: 1, run: 'old', code: 'c', pid: 5, host: 'h' }

function textOf(lines: readonly unknown[]): string {
  return lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
}

function entriesOf(file: string): {
  entries: ReturnType<typeof readJournal> extends Generator<infer E> ? E[] : never
  aliens: number
} {
  let aliens = 0
  const entries = [...readJournal(file, () => aliens++)]
  return { entries, aliens }
}

describe('the lines of a journal', () => {
  it('attempts have the facts of their run and their worker', () => {
    using scratch = new Scratch()
    const file = scratch.file('journal')
    writeFileSync(
      file,
      textOf([OLD, RUN, WORKER, ROW, { ...ROW, worker: 9 }, BATCH, { v: 2, type: 'end', at: 3, ok: 4 }]),
    )
    const { entries, aliens } = entriesOf(file)
    assert.equal(aliens, 0)
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ['row', 'run', 'worker', 'row', 'row', 'batch', 'end'],
    )
    assert.deepEqual(
      [...readRows(file)].map(({ run, pid, host, ms }) => [run, pid, host, ms]),
      [
        ['old', 5, 'h', 2],
        ['a', 42, 'there', 2],
        ['a', null, 'h', 2],
      ],
    )
    const batch = entries.find((entry) => entry.kind === 'batch')?.batch
    assert.deepEqual(batch && { ...batch, keys: Buffer.from(batch.keys).toString('base64') }, {
      ...BATCH,
      run: 'a',
      code: 'c',
      pid: 42,
      host: 'there',
    })
    assert.deepEqual(readRowSecret(file), SECRET)
  })

  it('a line of several successes is read in any order of its fields', () => {
    const { v, task, ...rest } = BATCH
    for (const line of [BATCH, { ...rest, task, v }, { v, task, more: '"keys":"', ...rest }])
      assert.deepEqual(parseLine(Buffer.from(JSON.stringify(line))), { ...line, keys: Buffer.alloc(32, 7) })
    // The keys of an input are not those of the line.
    const row = { v: 2, task: 1, input: { count: 2, keys: KEYS }, key: 'k', attempt: 1, state: 'ok' }
    assert.deepEqual(parseLine(Buffer.from(JSON.stringify(row))), row)
  })

  for (const [name, line] of [
    ['no JSON', '{"v":2,'],
    ['a number', '5'],
    ['null', 'null'],
    ['a version that is not known', { ...ROW, v: 3 }],
    ['a type that is not known', { ...ROW, type: 'x' }],
    ['a negative task', { ...ROW, task: -1 }],
    ['a task that is no whole number', { ...ROW, task: 0.5 }],
    ['a task beyond all numbers', { ...ROW, task: 2 ** 60 }],
    ['a state that is not known', { ...ROW, state: 'fine' }],
    ['a negative length', { ...ROW, ms: -1 }],
    ['a length that is NaN', JSON.stringify(ROW).replace('"ms":2', '"ms":NaN')],
    ['a length that is endless', JSON.stringify(ROW).replace('"ms":2', '"ms":1e999')],
    ['a length that is a text', { ...ROW, ms: '2' }],
    ['a negative end of the output', { ...ROW, out: -5 }],
    ['no key', { ...ROW, key: undefined }],
    ['a negative attempt', { ...ROW, attempt: -1 }],
    ['an old line without its run', { ...OLD, run: undefined }],
    ['an old line with a negative task', { ...OLD, task: -1 }],
    ['a head without its code', { ...RUN, code: 5 }],
    ['a head without its start', { ...RUN, started: null }],
    ['a worker without its number', { ...WORKER, worker: 'x' }],
    ['a worker with a pid that is none', { ...WORKER, pid: -3 }],
    ['an end without its time', { v: 2, type: 'end' }],
    ['fewer keys than tasks', { ...BATCH, count: 3 }],
    ['more keys than tasks', { ...BATCH, count: 1 }],
    ['a huge count', { ...BATCH, count: 2 ** 52 }],
    ['a count of 0', { ...BATCH, count: 0, keys: '' }],
    ['a negative count', { ...BATCH, count: -2 }],
    ['keys that are not base64', { ...BATCH, keys: '*'.repeat(44) }],
    ['keys that are no text', { ...BATCH, keys: [1, 2] }],
    ['keys of an unknown kind', { ...BATCH, of: 'x' }],
    ['failures together', { ...BATCH, state: 'failed' }],
    ['tasks beyond all numbers', { ...BATCH, task: Number.MAX_SAFE_INTEGER }],
  ] as const) {
    it(`is ignored with one warning: ${name}`, () => {
      using scratch = new Scratch()
      const file = scratch.file('journal')
      writeFileSync(file, textOf([RUN, line, line, BATCH]))
      const { entries, aliens } = entriesOf(file)
      assert.deepEqual([entries.map(({ kind }) => kind), aliens], [['run', 'batch'], 2])
      const warnings: string[] = []
      const past = Past.read(file, 'c', (message) => warnings.push(message))
      assert.deepEqual(warnings, [`2 lines of the journal ${file} ignored: they could not be parsed`])
      assert.deepEqual([past.succeeded.size, past.outputEnd, past.lastRun], [2, 20, 'a'])
    })
  }

  it('attempts above the first head belong to no run', () => {
    using scratch = new Scratch()
    const file = scratch.file('journal')
    writeFileSync(file, textOf([ROW, BATCH, WORKER, RUN, ROW]))
    const { entries, aliens } = entriesOf(file)
    assert.deepEqual([entries.map(({ kind }) => kind), aliens], [['run', 'row'], 3])
  })

  it('a secret of another length is no secret; the first good one counts', () => {
    using scratch = new Scratch()
    const file = scratch.file('journal')
    const other = Buffer.alloc(16, 1).toString('base64')
    const lines = [{ ...RUN, rowKey: 'AAAA' }, { ...RUN, rowKey: 5 }, RUN, { ...RUN, rowKey: other }]
    writeFileSync(file, textOf(lines))
    assert.deepEqual(readRowSecret(file), SECRET)
    assert.deepEqual(Past.read(file, 'c', assert.fail).rowSecret, SECRET)
    writeFileSync(file, textOf(lines.slice(0, 2)))
    assert.equal(readRowSecret(file), undefined)
  })

  it('success of another function is refused, in old lines, lines alone and lines together', () => {
    using scratch = new Scratch()
    const file = scratch.file('journal')
    for (const lines of [[OLD], [RUN, ROW], [RUN, BATCH]]) {
      writeFileSync(file, textOf(lines))
      assert.throws(
        () => Past.read(file, 'sha256:other', assert.fail),
        /has changed since the run .*it was c, it is sha256:other/,
      )
      assert.ok(Past.read(file, undefined, assert.fail).succeeded.size > 0)
    }
    writeFileSync(file, textOf([RUN, { ...ROW, state: 'failed' }]))
    assert.equal(Past.read(file, 'sha256:other', assert.fail).isEmpty, true)
  })

  it('a file is read line by line, however long they are, without one that has no end', () => {
    using scratch = new Scratch()
    const file = scratch.file('lines')
    for (const lengths of [
      [],
      [0],
      [0, 0, 3],
      [2 ** 18 - 1, 1, 2 ** 18, 2 ** 18 + 1, 0, 2 ** 20, 5],
      [300_000, 300_000],
    ]) {
      const lines = lengths.map((length, i) => String.fromCharCode(97 + i).repeat(length))
      for (const rest of ['', 'torn', 'x'.repeat(2 ** 19)]) {
        writeFileSync(file, lines.map((line) => `${line}\n`).join('') + rest)
        const read = [...byteLines(file)].length
        assert.equal(read, lines.length)
        let i = 0
        for (const line of byteLines(file)) assert.ok(line.toString() === lines[i++])
      }
    }
    assert.throws(() => [...byteLines(scratch.file('none'))], { code: 'ENOENT' })
    assert.equal(readFileSync(file).length, 600_002 + 2 ** 19)
  })
})
