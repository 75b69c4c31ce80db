import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { decodePacket } from '#manyhands/backends/nats/channel/packet.js'
import { checkAgentWord, checkWorkerMessage } from '#manyhands/backends/nats/messages/check-messages.js'
import {
  decodeMessage,
  encodeFrameMessage,
  encodeWord,
  openBody,
} from '#manyhands/backends/nats/messages/session-message.js'
import { Guard } from '#manyhands/runtime/guard/guard.js'
import type { Encoded } from '#manyhands/wire/codec/special.js'
import {
  compactHostFrame,
  compactWorkerFrame,
  expandWorkerMessage,
  type WorkerMessage,
} from '#manyhands/wire/protocol/compact-frames.js'
import type { HostFrame, WorkerFrame } from '#manyhands/wire/protocol/frames.js'
import { inspectBytes, serialize } from '#manyhands/wire/protocol/v8-bytes.js'
import { ShapeWriter } from '#manyhands/wire/shapes/shape-writer.js'
import { ShapedColumn } from '#manyhands/wire/shapes/shaped-column.js'

const COUNT = 100_000

/** Random numbers that are the same in each run of the test. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const STEP = { kind: 'step', name: 'a', fn: undefined, rules: {} }

/** The data of a pipeline, with a function in it. */
const PARTS: Encoded = { value: [{ parts: [STEP] }], specials: [['function', STEP, 'fn', 1]], bytes: 64 }

/** A column of objects, written by shape. */
function shapedColumn(): ShapedColumn {
  const writer = new ShapeWriter()
  for (const id of [1, 2, 3])
    writer.add({ id, name: `user ${id}`, tags: ['a', 'b'], of: { x: 1.5, ys: [1, 2] } }, Infinity)
  return new ShapedColumn(writer.finish())
}

/** Frames as they should be, of which the wrong ones are made. */
const HOST_FRAMES: readonly HostFrame[] = [
  {
    type: 'load',
    fn: 1,
    name: 'work',
    graph: {
      roots: [0],
      functions: [{ kind: 'export', url: 'worker:{"id":"shop/work.js","hash":"0","url":"file:///x"}', name: 'work' }],
      modules: [],
      values: { value: [], specials: undefined, bytes: 0 },
    },
    classes: [],
    args: { value: [{ __proto__: null, a: 1 }], specials: undefined, bytes: 8 },
    role: 'task',
    construct: undefined,
    copy: true,
    captureOutput: false,
    announce: false,
    measure: false,
  },
  {
    type: 'load',
    fn: 2,
    name: 'steps',
    graph: {
      roots: [0],
      functions: [
        { kind: 'made', name: 'steps', recipe: 'pipeline', data: 0 },
        { kind: 'builtin', module: 'node:path', path: ['basename'] },
      ],
      modules: [],
      values: PARTS,
    },
    classes: [],
    args: undefined,
    role: 'task',
    construct: undefined,
    copy: true,
    captureOutput: false,
    announce: false,
    measure: false,
  },
  {
    type: 'batch',
    id: 1,
    slot: 0,
    group: 1,
    concurrency: 1,
    spread: false,
    fn: 1,
    inputs: { values: [1, 'a', { b: [2] }] },
    indexes: 0,
  },
  {
    type: 'batch',
    id: 2,
    slot: 0,
    group: 1,
    concurrency: 1,
    spread: false,
    fn: 1,
    inputs: shapedColumn(),
    indexes: 0,
  },
  {
    type: 'batch',
    id: 3,
    slot: 0,
    group: 1,
    concurrency: 1,
    spread: false,
    fn: 1,
    inputs: {
      rows: Uint8Array.from(Buffer.from('{"a":1}\n[2]\n')),
      bounds: Uint32Array.of(0, 7, 8, 11),
      format: { kind: 'jsonl' },
      secret: new Uint8Array(16),
    },
    indexes: 0,
  },
  { type: 'cancel', batch: 1, offset: 0, reason: { value: 'enough', specials: undefined, bytes: 8 } },
  { type: 'forget', fn: 1 },
  { type: 'recalled', call: 1, state: 'hit', result: PARTS, valueHash: '0a'.repeat(32) },
]

const WORKER_FRAMES: readonly WorkerFrame[] = [
  { type: 'ready', version: 1, pid: 4 },
  {
    type: 'done',
    batch: 1,
    offsets: 0,
    results: { values: [1, { a: new Map([[1, 2]]) }] },
    ms: 1,
    bytes: 2,
    end: true,
  },
  { type: 'done', batch: 2, offsets: 0, results: shapedColumn(), ms: 1, bytes: 2, end: true },
  {
    type: 'done',
    batch: 3,
    offsets: 0,
    results: { text: Uint8Array.from(Buffer.from('1\n[2]\n')), count: 2 },
    ms: 1,
    bytes: 6,
    end: true,
    start: 5,
    timed: [0, 5, 1],
    keys: new Uint8Array(32),
  },
  { type: 'recall', call: 1, fn: 1, step: 0, args: ['0a'.repeat(32), undefined] },
  { type: 'keep', call: 1, result: PARTS },
  { type: 'load-failed', fn: 1, phase: 'module', error: { value: 'no', specials: undefined, bytes: 2 } },
]

function mutated(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const copy = Buffer.from(bytes)
  for (let n = 1 + random(4); n > 0; n--) copy[random(copy.length)] = random(256)
  const length = random(4) === 0 ? random(copy.length) : copy.length
  return copy.subarray(0, length)
}

/** Reads a frame of a worker as its client does. */
function readFrame(message: unknown): void {
  if (!checkWorkerMessage(message)) return
  try {
    expandWorkerMessage(message as WorkerMessage)
  } catch (error) {
    assert.ok(error instanceof Error)
  }
}

function assertUnpolluted(): void {
  assert.deepEqual(Object.keys(Object.prototype), [])
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
  assert.deepEqual(Object.keys(Array.prototype), [])
}

describe('what strangers send', () => {
  it('does not get through a guard, nor hurts it', async () => {
    const random = randomFrom(1)
    const bodies = HOST_FRAMES.map((frame) => serialize(compactHostFrame(frame)))
    let delivered = 0
    const guard = new Guard({ deliver: () => delivered++, tell: () => {} })
    for (let i = 0; i < COUNT; i++) {
      const body = mutated(bodies[i % bodies.length] as Uint8Array, random)
      try {
        guard.receive({ type: 'packed', body })
      } catch (error) {
        assert.ok(error instanceof Error)
      }
      // What is looked at takes its time: the next wait for it.
      if (i % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    assert.ok(delivered > 0 && delivered < COUNT)
    assertUnpolluted()
  })

  it('is looked at by clients before it is used', () => {
    const random = randomFrom(2)
    const words = [
      encodeWord({ tell: 'begun', id: 1, count: 2 }),
      encodeWord({ tell: 'exit', death: { reason: 'exit' }, running: [] }),
      ...WORKER_FRAMES.map((frame) => encodeFrameMessage(serialize(compactWorkerFrame(frame)))),
    ]
    for (let i = 0; i < COUNT; i++) {
      const bytes = mutated(words[i % words.length] as Uint8Array, random)
      decodePacket(bytes)
      const message = decodeMessage(bytes)
      if (message?.kind === 'word') checkAgentWord(message.word)
      else if (message?.kind === 'frame') readFrame(openBody(message.body))
    }
    assertUnpolluted()
  })

  it('is refused unread where it is too deep, or longer than it is', () => {
    const header = [0xff, 0x0f]
    const deep = Buffer.concat([Buffer.from(header), Buffer.alloc(200_000, 'A\u0001')])
    assert.match(String(inspectBytes(deep)), /too deep/)
    // An array of 2^31 elements in ten bytes.
    assert.match(
      String(inspectBytes(Buffer.from([...header, 0x61, 0x80, 0x80, 0x80, 0x80, 0x08, 0x40, 0, 0]))),
      /too long/,
    )
    assert.match(String(inspectBytes(Buffer.from([...header, 0x41, 0xff, 0xff, 0xff, 0x7f]))), /longer than/)
    assert.match(String(inspectBytes(Buffer.from('hello'))), /not a serialised value/)
    // Host objects, shared memory: nobody sends them.
    assert.match(String(inspectBytes(Buffer.from([...header, 0x5c, 1]))), /unknown kind/)
  })

  it('is taken where it is a value of any kind', () => {
    const cyclic: Record<string, unknown> = { a: [new Date(0), /x/g, 12n, -0, 'ü', '日本'] }
    cyclic['self'] = cyclic
    const buffer = new ArrayBuffer(64)
    const views = [new Uint8Array(buffer, 8, 4), new Float64Array(buffer), new DataView(buffer, 3)]
    const sparse: unknown[] = [1, 2, 3]
    delete sparse[1]
    const values = [
      cyclic,
      views,
      sparse,
      new Map([[new Set([1]), Object(1n)]]),
      Object('s'),
      [undefined, null, true],
      1.5,
    ]
    for (const value of values) assert.equal(inspectBytes(serialize(value)), undefined)
  })
})
