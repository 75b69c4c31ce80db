import * as tasks from '../tasks.ts'
import type { System, TaskName } from './system.ts'

/** No pool: the loop that one would write. */
export async function plainLoop(task: TaskName): Promise<System> {
  const fn = tasks[task] as (input: unknown) => unknown
  return {
    run: async (input) => fn(input),
    map: async function* (inputs) {
      for (const input of inputs) yield fn(input)
    },
    close: () => {},
  }
}
