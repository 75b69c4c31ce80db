import { fileURLToPath } from 'node:url'

import { importPeer } from './peer.ts'
import { type System, type TaskName, WORKERS } from './system.ts'

interface Pool {
  execute(input: unknown, name: string): Promise<unknown>
  destroy(): Promise<void>
}

export async function poolifier(task: TaskName): Promise<System> {
  const { FixedThreadPool } = await importPeer<{
    FixedThreadPool: new (n: number, file: string, options: object) => Pool
  }>('poolifier')
  const file = fileURLToPath(new URL('../poolifier-worker.js', import.meta.url))
  const pool = new FixedThreadPool(WORKERS, file, { errorHandler: () => {} })
  return { run: (input) => pool.execute(input, task), close: () => pool.destroy() }
}
