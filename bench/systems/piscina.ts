import { fileURLToPath } from 'node:url'

import { importPeer } from './peer.ts'
import { type System, type TaskName, WORKERS } from './system.ts'

interface Pool {
  run(input: unknown): Promise<unknown>
  destroy(): Promise<void>
}

type MakePool = new (options: object) => Pool

interface Exports {
  readonly Piscina?: MakePool
  readonly Tinypool?: MakePool
}

const TASKS = fileURLToPath(new URL('../tasks.js', import.meta.url))

/** piscina and tinypool have the same options. */
export function piscinaLike(name: 'piscina' | 'tinypool'): (task: TaskName) => Promise<System> {
  return async (task) => {
    const module = await importPeer<Exports & { default?: Exports }>(name)
    const PoolClass = (module.Tinypool ?? module.default?.Piscina) as MakePool
    const pool = new PoolClass({ filename: TASKS, name: task, minThreads: WORKERS, maxThreads: WORKERS })
    return { run: (input) => pool.run(input), close: () => pool.destroy() }
  }
}
