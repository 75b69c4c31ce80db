import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Screen } from '#manyhands/cli/report/screen.js'
import { TaskOutput } from '#manyhands/cli/report/task-output.js'
import type { LogRecord } from '#manyhands/logs/log-record.js'

const RECORD: LogRecord = {
  task: 'work',
  index: 0,
  input: 'a.jpg',
  worker: { id: 3, slot: 1 },
  stream: 'stdout',
  level: 'log',
  text: '',
  time: 5,
}

/** What is shown of some records; each is a text of the same input, or more. */
function shown(...records: (string | Partial<LogRecord>)[]): string {
  let all = ''
  const screen = new Screen()
  screen.printWith((_, text) => (all += text))
  const output = new TaskOutput(screen)
  for (const record of records) output.take({ ...RECORD, ...(typeof record === 'string' ? { text: record } : record) })
  output.flush()
  // oxlint-disable-next-line no-control-regex -- colors, where they are wished for
  return all.replaceAll(/\u001B\[\d*m/g, '')
}

describe('what tasks print, as it is shown', () => {
  it('task output has its input before each line', () => {
    assert.equal(shown('one\ntwo\n\nfour\n'), 'a.jpg │ one\na.jpg │ two\na.jpg │ \na.jpg │ four\n')
    assert.equal(shown({ index: undefined, text: 'x\n' }), 'worker 3 │ x\n')
  })

  it('task output may come in any pieces', () => {
    assert.equal(shown('on', 'e\ntw', 'o', '\n', 'rest'), 'a.jpg │ one\na.jpg │ two\na.jpg │ rest\n')
    assert.equal(shown('one\r', '\ntwo\r\n'), 'a.jpg │ one\na.jpg │ two\n')
  })

  it('task output of two tasks is not mixed within a line', () => {
    assert.equal(shown('half', { index: 1, input: 'b.jpg', text: 'whole\n' }), 'a.jpg │ half\nb.jpg │ whole\n')
  })

  it('task output cannot control a terminal', () => {
    assert.equal(shown('\u001B[2J\ta\u0000\rb\u202E\n'), 'a.jpg │ ␛[2J\ta␀␍b<U+202E>\n')
  })

  it('task output without line ends is shown in pieces', () => {
    const lines = shown(`x${'😀'.repeat(100_000)}`, '\n')
      .trimEnd()
      .split('\n')
    assert.ok(lines.length >= 3)
    assert.ok(lines.every((line) => line.startsWith('a.jpg │ ') && line.length < 66_000))
    assert.equal(lines.map((line) => line.slice('a.jpg │ '.length)).join(''), `x${'😀'.repeat(100_000)}`)
  })
})
