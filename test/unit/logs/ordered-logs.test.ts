import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import type { LogRecord } from '#manyhands/logs/log-record.js'
import { openLogs } from '#manyhands/logs/open-logs.js'
import { OrderedLogs } from '#manyhands/logs/ordered-logs.js'
import { Spill } from '#manyhands/logs/spill.js'
import type { InnerObserver } from '#manyhands/observe/observers.js'
import { Observers } from '#manyhands/observe/observers.js'
import { ItemChunk } from '#manyhands/pool/jobs/item-chunk.js'
import { JobObservers, type Printed } from '#manyhands/pool/jobs/job-observers.js'
import type { LogFrame } from '#manyhands/wire/protocol/frames.js'

import { itemOf, functionUse } from '../support/work.js'

const fn = functionUse('work')
const WORKER = { id: 3, slot: 1 }

function frame(text: string, stream: LogFrame['stream'] = 'stdout'): LogFrame {
  return { type: 'log', stream, level: 'log', text, time: 5 }
}

/** A task prints something; undefined: it is no task's. */
function print(logs: OrderedLogs | Output, place: number | undefined, text: string): void {
  logs.take(frame(text), place === undefined ? undefined : itemOf(place, fn), WORKER)
}

/** What a job tells the observer of an option `logs`. */
class Output {
  readonly #job: JobObservers

  constructor(...args: Parameters<typeof openLogs>) {
    const observer: InnerObserver<Printed> | undefined = openLogs(...args)
    this.#job = new JobObservers({ id: 'run-1', name: 'work' }, new Observers(observer === undefined ? [] : [observer]))
  }

  take(...printed: Parameters<JobObservers['printed']>): void {
    this.#job.printed(...printed)
  }

  completed(place: number): void {
    this.#job.succeeded(new ItemChunk([itemOf(place, fn)]), 0, WORKER, { start: NaN, ms: NaN }, undefined)
    this.#job.flush()
  }

  completedTogether(first: number, count: number): void {
    const items = new ItemChunk(Array.from({ length: count }, (_, i) => itemOf(first + i, fn)))
    const run = { items, offset: 0, count, attempt: 1, worker: WORKER, start: NaN, ms: NaN }
    this.#job.succeededTogether({ ...run, keys: undefined, of: 'value' })
  }
}

describe('ordered output', () => {
  it('output of tasks that ended together comes when those before them have ended', () => {
    const printed: string[] = []
    const logs = new Output('ordered', (_, text) => void printed.push(text))
    for (const place of [6, 5, 4, 3, 2, 1, 0]) print(logs, place, String(place))
    logs.completedTogether(3, 2)
    assert.deepEqual(printed, ['0'])
    logs.completed(0)
    assert.deepEqual(printed, ['0', '1'])
    logs.completedTogether(1, 2)
    assert.deepEqual(printed, ['0', '1', '2', '3', '4', '5'])
    logs.completed(5)
    print(logs, 6, 'and more')
    assert.deepEqual(printed, ['0', '1', '2', '3', '4', '5', '6', 'and more'])
  })

  it('comes task by task, in the order of the inputs', () => {
    const given: string[] = []
    const logs = new OrderedLogs(({ text }) => given.push(text))
    print(logs, 1, 'b1')
    print(logs, 0, 'a1')
    assert.deepEqual(given, ['a1'])
    print(logs, 2, 'c1')
    print(logs, 1, 'b2')
    print(logs, 0, 'a2')
    assert.deepEqual(given, ['a1', 'a2'])
    logs.completed(2)
    assert.deepEqual(given, ['a1', 'a2'])
    logs.completed(0)
    assert.deepEqual(given, ['a1', 'a2', 'b1b2'])
    print(logs, 1, 'b3')
    logs.completed(1)
    assert.deepEqual(given, ['a1', 'a2', 'b1b2', 'b3', 'c1'])
  })

  it('is not lost when the run ends before its tasks', () => {
    const given: string[] = []
    const logs = new OrderedLogs(({ text }) => given.push(text))
    print(logs, 7, 'h')
    print(logs, 2, 'c')
    logs.flush()
    assert.deepEqual(given, ['c', 'h'])
    print(logs, 9, 'late')
    assert.deepEqual(given, ['c', 'h', 'late'])
  })

  it('output of a task that has its outcome, or of no task, comes at once', () => {
    const given: string[] = []
    const logs = new OrderedLogs(({ text }) => given.push(text))
    logs.completed(0)
    print(logs, 0, 'late')
    print(logs, undefined, 'nobody')
    assert.deepEqual(given, ['late', 'nobody'])
  })
})

/** Prints so many megabytes as a task, in lines that tell which they are. */
function flood(logs: OrderedLogs, place: number, megabytes: number): string {
  let all = ''
  for (let i = 0; i < megabytes * 10; i++) {
    const text = `${place}.${i} ${'€'.repeat(100_000)}\n`
    print(logs, place, text)
    all += text
  }
  return all
}

describe('ordered output of which there is much', () => {
  it('is kept on disk, and comes as it was', () => {
    const given: string[] = []
    const spill = new Spill()
    const logs = new OrderedLogs(({ index, text }) => given.push(`${index} ${text}`), spill)
    print(logs, 1, 'a')
    const two = flood(logs, 2, 10)
    print(logs, 1, 'b')
    const three = flood(logs, 3, 20)
    print(logs, 2, 'c')
    assert.equal(given.length, 0)
    const probe = spill.write(Buffer.from('here'))
    assert.ok(probe.at > 60_000_000, `${probe.at} bytes went to disk`)
    spill.drop(probe)
    for (const place of [3, 1, 0, 2]) logs.completed(place)
    const texts = [1, 2, 3].map((place) =>
      given
        .filter((text) => text.startsWith(`${place} `))
        .map((text) => text.slice(2))
        .join(''),
    )
    assert.ok(texts[0] === 'ab' && texts[1] === `${two}c` && texts[2] === three)
    assert.deepEqual([...given.map((text) => text[0])], given.map((text) => text[0] as string).toSorted())
    logs.flush()
  })

  it('keeps stream, level, worker and time on disk', () => {
    const given: LogRecord[] = []
    const logs = new OrderedLogs((record) => given.push(record))
    const task = itemOf(1, fn)
    const frames: LogFrame[] = [
      { ...frame('a'), time: 1 },
      { ...frame('b'), time: 2 },
      { ...frame('c', 'stderr'), level: 'warn', time: 3.5 },
      { ...frame('d', 'stderr'), level: 'error', time: 4 },
    ]
    for (const one of frames) logs.take(one, task, WORKER)
    logs.take(frame('e'), task, { id: 4, slot: 0 })
    flood(logs, 2, 9)
    logs.completed(0)
    const common = { task: 'work', index: 1, input: 1, worker: WORKER }
    assert.deepEqual(given, [
      { ...common, stream: 'stdout', level: 'log', text: 'ab', time: 1 },
      { ...common, stream: 'stderr', level: 'warn', text: 'c', time: 3.5 },
      { ...common, stream: 'stderr', level: 'error', text: 'd', time: 4 },
      { ...common, worker: { id: 4, slot: 0 }, stream: 'stdout', level: 'log', text: 'e', time: 5 },
    ])
    logs.flush()
  })

  it('is dropped and counted where the disk takes none, with one warning', async () => {
    const warnings: string[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', onWarning)
    const given = new Map<number | undefined, string>()
    const logs = new OrderedLogs(
      ({ index, text }) => given.set(index, (given.get(index) ?? '') + text),
      new Spill(join(tmpdir(), 'there-is-no-such-folder')),
    )
    const printed = new Map([1, 2].map((place) => [place, flood(logs, place, 9)]))
    logs.flush()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', onWarning)
    assert.equal(warnings.length, 1)
    let dropped = 0
    for (const [place, all] of printed) {
      const [, kept = '', count = ''] =
        /^(.*)\[([\d,]+) more characters were printed and dropped[^\n]*\n$/s.exec(given.get(place) ?? '') ?? []
      assert.ok(all.startsWith(kept))
      assert.equal(kept.length + Number(count.replaceAll(',', '')), all.length)
      dropped += Number(count.replaceAll(',', ''))
    }
    assert.ok(dropped > 9_000_000)
  })
})

describe('where output goes', () => {
  it('is the streams of this process, or nowhere', () => {
    const printed: string[] = []
    const toStreams = (stream: string, text: string): void => void printed.push(`${stream} ${text}`)
    new Output(undefined, toStreams).take(frame('a'), undefined, WORKER)
    new Output('inherit', toStreams).take(frame('b', 'stderr'), undefined, WORKER)
    new Output('off', toStreams).take(frame('c'), undefined, WORKER)
    const ordered = new Output('ordered', toStreams)
    print(ordered, 1, 'e')
    print(ordered, 0, 'd')
    ordered.completed(0)
    assert.deepEqual(printed, ['stdout a', 'stderr b', 'stdout d', 'stdout e'])
  })

  it('is a function, with the task that printed it', () => {
    const records: LogRecord[] = []
    const sink = new Output(
      (record) => records.push(record),
      () => assert.fail('it was printed'),
    )
    print(sink, 4, 'hello')
    print(sink, undefined, 'nobody')
    const common = { worker: WORKER, stream: 'stdout', level: 'log', time: 5 }
    assert.deepEqual(records, [
      { ...common, task: 'work', index: 4, input: 4, text: 'hello' },
      { ...common, task: undefined, index: undefined, input: undefined, text: 'nobody' },
    ])
  })
})
