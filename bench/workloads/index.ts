import { copiedArrays, echoedArrays, sharedArrays } from './arrays.ts'
import { batchedCalls } from './batched.ts'
import { bursts } from './bursts.ts'
import { memory } from './memory.ts'
import { noOps } from './no-ops.ts'
import { objects } from './objects.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { pipelines } from './pipelines.ts'
import { shortTasks } from './short-tasks.ts'
import { skewed } from './skewed.ts'
import { coldStart, importTime } from './start-up.ts'
import { workflows } from './workflows.ts'
import type { Workload } from './workload.ts'

/** All that is measured, by the name to ask for it with. */
export const WORKLOADS: Readonly<Record<string, Workload>> = {
  'no-ops': noOps,
  '10us': shortTasks(10, 60_000),
  '50us': shortTasks(50, 20_000),
  '1ms': shortTasks(1_000, 2_000),
  skewed,
  bursts,
  batched: batchedCalls,
  latency: oneAtATime,
  objects,
  'arrays-copied': copiedArrays,
  'arrays-echoed': echoedArrays,
  'arrays-shared': sharedArrays,
  pipelines,
  'memory-1e6': memory(1_000_000),
  'memory-1e7': memory(10_000_000),
  'cold-start': coldStart,
  import: importTime,
  workflows,
}
