import type { WorkerDeath } from '../../../errors/task-errors.ts'
import type { RunningItem, StagedResult } from '../../../wire/protocol/beacon.ts'
import { inspectBytes, deserialize, serialize } from '../../../wire/protocol/v8-bytes.ts'

/** A frame, which the agent hands on without looking into it; or a word for the agent, or of it. */
const FRAME = 0
const WORD = 1
const HEADER_BYTES = 13

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

export type SessionMessage =
  | { readonly kind: 'frame'; readonly batch: number; readonly priority: number; readonly body: Uint8Array }
  | { readonly kind: 'word'; readonly word: unknown }

/** `batch`: the batch that the frame brings, on the way to a worker; 0 for all other frames. */
export function encodeFrameMessage(batch: number, body: Uint8Array, priority = 0): Uint8Array {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length)
  bytes[0] = FRAME
  bytes.writeUInt32LE(batch, 1)
  bytes.writeDoubleLE(priority, 5)
  bytes.set(body, HEADER_BYTES)
  return bytes
}

export function encodeWord(word: ClientWord | AgentWord): Uint8Array {
  const body = serialize(word)
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length)
  bytes.fill(0, 0, HEADER_BYTES)
  bytes[0] = WORD
  bytes.set(body, HEADER_BYTES)
  return bytes
}

/** Decodes a message; undefined if it is not one of ours. */
export function decodeMessage(message: Uint8Array): SessionMessage | undefined {
  if (message.length < HEADER_BYTES) return undefined
  const body = message.subarray(HEADER_BYTES)
  if (message[0] === FRAME) {
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
    return { kind: 'frame', batch: bytes.readUInt32LE(1), priority: bytes.readDoubleLE(5), body }
  }
  if (message[0] !== WORD) return undefined
  const word = openBody(body)
  return typeof word === 'object' && word !== null ? { kind: 'word', word } : undefined
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
