import { fileURLToPath } from 'node:url'

import { importPeer } from './peer.ts'
import { type System, type TaskName, WORKERS } from './system.ts'

interface Pool {
  exec(name: string, args: readonly unknown[]): Promise<unknown>
  terminate(force: boolean): Promise<unknown>
}

export async function workerpool(task: TaskName): Promise<System> {
  const module = await importPeer<{ default: { pool(file: string, options: object): Pool } }>('workerpool')
  const file = fileURLToPath(new URL('../workerpool-worker.js', import.meta.url))
  const pool = module.default.pool(file, { minWorkers: WORKERS, maxWorkers: WORKERS, workerType: 'thread' })
  return { run: (input) => pool.exec(task, [input]), close: () => pool.terminate(true) }
}
