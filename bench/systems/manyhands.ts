import * as tasks from '../tasks.ts'
import { type System, type TaskName, WORKERS } from './system.ts'

/** This package. */
export function manyhands(backend: 'threads' | 'processes'): (task: TaskName) => Promise<System> {
  return async (task) => {
    // Imported here: the cold start counts it.
    const { Pool, shared } = await import('manyhands')
    const pool = new Pool({ backend, workers: WORKERS })
    const fn = tasks[task] as (input: unknown) => unknown
    return {
      run: (input) => pool.run(fn, input),
      map: (inputs) => pool.map(inputs, fn),
      mapWindowed: (inputs, window) => pool.map(inputs, fn, { window }),
      share: shared,
      close: () => pool.close(),
    }
  }
}
