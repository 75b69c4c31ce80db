import type { MessagePort } from 'node:worker_threads'

import type { WorkerMessage } from '../../wire/protocol/compact-frames.ts'

/** The data that a worker thread is started with. */
export interface ThreadStart {
  port: MessagePort
  beacon: SharedArrayBuffer
  /** The memory of its print ring. */
  printed: SharedArrayBuffer
  id: number
  slot: number
  /** Variables added to the host's environment. */
  env: Readonly<Record<string, string>> | undefined
}

/** A message of a thread to its host: a frame, or the notice that it has printed something. */
export type ThreadMessage = WorkerMessage | 'printed'
