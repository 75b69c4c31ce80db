import type { MessagePort } from 'node:worker_threads'

import type { WorkerMessage } from '../../wire/protocol/compact.ts'

/** What a worker thread is given at its start. */
export interface ThreadStart {
  port: MessagePort
  beacon: SharedArrayBuffer
  /** For what it prints. */
  printed: SharedArrayBuffer
  id: number
  slot: number
  /** Variables added to the host's environment. */
  env: Readonly<Record<string, string>> | undefined
}

/** What a thread tells its host: frames, and that there is something that it printed. */
export type ThreadMessage = WorkerMessage | 'printed'
