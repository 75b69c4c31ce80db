import type { MessagePort } from 'node:worker_threads'

/** What a worker thread is given at its start. */
export interface ThreadStart {
  port: MessagePort
  beacon: SharedArrayBuffer
  id: number
  slot: number
  /** Variables added to the host's environment. */
  env: Readonly<Record<string, string>> | undefined
}
