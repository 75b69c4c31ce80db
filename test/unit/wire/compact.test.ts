import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  compactHostFrame,
  compactWorkerFrame,
  expandHostMessage,
  expandWorkerMessage,
} from '#manyhands/wire/protocol/compact-frames.js'
import type { BatchFrame, DoneFrame, HostFrame, WorkerFrame } from '#manyhands/wire/protocol/frames.js'
import { ShapeWriter } from '#manyhands/wire/shapes/shape-writer.js'
import { ShapedColumn } from '#manyhands/wire/shapes/shaped-column.js'

const BATCH: BatchFrame = {
  type: 'batch',
  id: 7,
  slot: 2,
  group: 3,
  concurrency: 4,
  spread: true,
  fn: 9,
  inputs: { values: [1, 'a', undefined] },
  indexes: 100,
}

const DONE: DoneFrame = {
  type: 'done',
  batch: 7,
  offsets: [0, 2],
  results: { values: new Float64Array([1, 2]) },
  ms: 3.5,
  bytes: 16,
  end: false,
}

/** A column of objects, written by shape. */
function shapedColumn(): ShapedColumn {
  const writer = new ShapeWriter()
  for (const value of [{ a: 1, b: 'x' }, { a: 2, b: 'y' }, undefined]) assert.ok(writer.add(value, Infinity) > 0)
  return new ShapedColumn(writer.finish())
}

describe('frames as they are sent', () => {
  it('say the same as before, whatever they have and have not', () => {
    const specials = [[1, [['url', null, '', 'a:b']]]] as const
    const frames: HostFrame[] = [
      BATCH,
      { ...BATCH, indexes: [5, 9, 1], inputs: { values: [1, 2, 3], specials } },
      { ...BATCH, fns: [9, 9, 10] },
      { ...BATCH, attempts: [1, 3, 1] },
      { ...BATCH, spread: false, fatal: true },
      { ...BATCH, fatal: [0, 2] },
      { ...BATCH, fatal: true, attempts: [1, 3, 1] },
      { type: 'resume', group: 3 },
      { ...BATCH, fns: [1, 2, 3], attempts: [2, 2, 2], inputs: { values: [1], specials } },
      { type: 'forget', fn: 4 },
      { type: 'close' },
    ]
    for (const frame of frames) assert.deepStrictEqual(expandHostMessage(compactHostFrame(frame)), frame)
    const answers: WorkerFrame[] = [
      DONE,
      { ...DONE, offsets: 5, end: true },
      { ...DONE, results: { values: [1], specials } },
      { ...DONE, failures: [[0, { kind: 'too-large', limit: 5 }]] },
      { ...DONE, memory: 0 },
      { ...DONE, failures: [[1, { kind: 'too-large', limit: 5 }]], stopped: true },
      { type: 'ready', version: 1, pid: 5 },
      { type: 'cancelled', batch: 1, offset: 2 },
    ]
    for (const frame of answers) assert.deepStrictEqual(expandWorkerMessage(compactWorkerFrame(frame)), frame)
  })

  it('have no names of fields where there are many of them', () => {
    for (const message of [compactHostFrame(BATCH), compactWorkerFrame(DONE)]) assert.ok(Array.isArray(message))
  })

  it('bring values that are written by shape as plain values', () => {
    const values = [{ a: 1, b: 'x' }, { a: 2, b: 'y' }, undefined]
    const batch = structuredClone(compactHostFrame({ ...BATCH, inputs: shapedColumn(), attempts: [1, 2, 3] }))
    assert.deepStrictEqual(expandHostMessage(batch), { ...BATCH, inputs: { values }, attempts: [1, 2, 3] })
    const done = structuredClone(compactWorkerFrame({ ...DONE, results: shapedColumn() }))
    assert.deepStrictEqual(expandWorkerMessage(done), { ...DONE, results: { values } })
  })
})
