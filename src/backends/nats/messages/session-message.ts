import type { WorkerDeath } from '../../../errors/task-errors.ts'
import type { RunningItem, StagedResult } from '../../../wire/protocol/beacon.ts'
import { inspectBytes, deserialize, serialize } from '../../../wire/protocol/v8-bytes.ts'

/** A frame, which the agent hands on without looking into it; or a word for the agent, or of it. */
const FRAME = 0
const WORD = 1
/** A frame with a batch for a worker, after a label that the agent reads. */
const BATCH = 2
const KIND_BYTES = 1
const LABEL_BYTES = 25

/** A client's question or order to the agent of its worker. */
export type ClientWord =
  | { readonly ask: 'look'; readonly id: number }
  | { readonly ask: 'revoke'; readonly id: number; readonly slot: number; readonly batch: number }
  | { readonly ask: 'kill' }

/** An item that runs, with the milliseconds that it has been at it: two machines have two clocks. */
export interface AgedItem extends Omit<RunningItem, 'startedAt' | 'until'> {
  readonly age: number
  /** Milliseconds that its step may still run, if it has a limit. */
  readonly left?: number
}

/** An agent's answer or news about a worker. */
export type AgentWord =
  | {
      readonly tell: 'view'
      readonly id: number
      readonly running: readonly AgedItem[]
      readonly staged: readonly StagedResult[]
      readonly memory: number | undefined
    }
  | { readonly tell: 'begun'; readonly id: number; readonly count: number }
  | { readonly tell: 'leaving' }
  | {
      readonly tell: 'exit'
      readonly death: WorkerDeath
      /** The reason, if the way to the worker ended rather than the worker. */
      readonly why?: string
      readonly running: readonly AgedItem[] | undefined
    }

/** The facts about a batch that an agent needs; it hands the batch on undecoded. */
export interface BatchLabel {
  readonly batch: number
  readonly priority: number
  readonly items: number
  /** Items that run at once; 1 if the batch runs with nothing else in its worker. */
  readonly concurrency: number
  /** Milliseconds that its results may wait for others to be sent with. */
  readonly patience: number
}

export type SessionMessage =
  | { readonly kind: 'batch'; readonly label: BatchLabel; readonly body: Uint8Array }
  | { readonly kind: 'frame'; readonly body: Uint8Array }
  | { readonly kind: 'word'; readonly word: unknown }

export function encodeFrameMessage(body: Uint8Array): Uint8Array {
  return encodeMessage(FRAME, body)
}

/** Encodes a frame that brings a batch to a worker. */
export function encodeBatchMessage(label: BatchLabel, body: Uint8Array): Uint8Array {
  const bytes = encodeMessage(BATCH, body)
  bytes.writeUInt32LE(label.batch, 1)
  bytes.writeDoubleLE(label.priority, 5)
  bytes.writeUInt32LE(label.items, 13)
  bytes.writeUInt32LE(label.concurrency, 17)
  bytes.writeFloatLE(label.patience, 21)
  return bytes
}

function encodeMessage(kind: number, body: Uint8Array): Buffer {
  const header = kind === BATCH ? LABEL_BYTES : KIND_BYTES
  const bytes = Buffer.allocUnsafe(header + body.length)
  bytes[0] = kind
  bytes.set(body, header)
  return bytes
}

export function encodeWord(word: ClientWord | AgentWord): Uint8Array {
  return encodeMessage(WORD, serialize(word))
}

/** Decodes a message; undefined if it is not one of ours. */
export function decodeMessage(message: Uint8Array): SessionMessage | undefined {
  switch (message[0]) {
    case FRAME:
      return { kind: 'frame', body: message.subarray(KIND_BYTES) }
    case BATCH:
      return message.length < LABEL_BYTES
        ? undefined
        : { kind: 'batch', label: labelIn(message), body: message.subarray(LABEL_BYTES) }
    case WORD: {
      const word = openBody(message.subarray(KIND_BYTES))
      return typeof word === 'object' && word !== null ? { kind: 'word', word } : undefined
    }
    default:
      return undefined
  }
}

function labelIn(message: Uint8Array): BatchLabel {
  const bytes = Buffer.from(message.buffer, message.byteOffset, LABEL_BYTES)
  return {
    batch: bytes.readUInt32LE(1),
    priority: bytes.readDoubleLE(5),
    items: bytes.readUInt32LE(13),
    concurrency: bytes.readUInt32LE(17),
    patience: bytes.readFloatLE(21),
  }
}

/** Decodes a value of the other side; undefined if its bytes are not safe to decode. */
export function openBody(body: Uint8Array): unknown {
  if (inspectBytes(body) !== undefined) return undefined
  try {
    return deserialize(body)
  } catch {
    return undefined
  }
}
