import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { LogRecord } from '#manyhands/logs/log-record.js'
import { openLogs } from '#manyhands/logs/open-logs.js'
import { OrderedLogs } from '#manyhands/logs/ordered-logs.js'
import type { LogSink } from '#manyhands/pool/log-sink.js'
import type { LogFrame } from '#manyhands/wire/frames.js'

import { entry, functionUse } from '../support/work.js'

const fn = functionUse('work')
const WORKER = { id: 3, slot: 1 }

function frame(text: string, stream: LogFrame['stream'] = 'stdout'): LogFrame {
  return { type: 'log', stream, level: 'log', text, time: 5 }
}

/** A task prints something; undefined: it is no task's. */
function print(sink: LogSink, place: number | undefined, text: string): void {
  sink.take(frame(text), place === undefined ? undefined : entry(place, fn), WORKER)
}

describe('ordered output', () => {
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
    assert.deepEqual(given, ['a1', 'a2', 'b1', 'b2'])
    print(logs, 1, 'b3')
    logs.completed(1)
    assert.deepEqual(given, ['a1', 'a2', 'b1', 'b2', 'b3', 'c1'])
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

  it('of a task that has its outcome, or of none, comes at once', () => {
    const given: string[] = []
    const logs = new OrderedLogs(({ text }) => given.push(text))
    logs.completed(0)
    print(logs, 0, 'late')
    print(logs, undefined, 'nobody')
    assert.deepEqual(given, ['late', 'nobody'])
  })
})

describe('where output goes', () => {
  it('is the streams of this process, or nowhere', () => {
    const printed: string[] = []
    const toStreams = (stream: string, text: string): void => void printed.push(`${stream} ${text}`)
    openLogs(undefined, toStreams).take(frame('a'), undefined, WORKER)
    openLogs('inherit', toStreams).take(frame('b', 'stderr'), undefined, WORKER)
    openLogs('off', toStreams).take(frame('c'), undefined, WORKER)
    const ordered = openLogs('ordered', toStreams)
    print(ordered, 1, 'e')
    print(ordered, 0, 'd')
    ordered.completed?.(0)
    assert.deepEqual(printed, ['stdout a', 'stderr b', 'stdout d', 'stdout e'])
  })

  it('is a function, with the task that printed it', () => {
    const records: LogRecord[] = []
    const sink = openLogs(
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
