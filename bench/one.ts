import { SYSTEMS } from './systems/index.ts'
import type { MakeSystem } from './systems/system.ts'
import { WORKLOADS } from './workloads/index.ts'
import type { Workload } from './workloads/workload.ts'

// One workload on one system, in this process alone: its figures as a line of JSON.
const [workload, system] = process.argv.slice(2) as [string, string]
const figures = await (WORKLOADS[workload] as Workload).measure(SYSTEMS[system] as MakeSystem, system)
console.log(JSON.stringify(figures))
process.exit(0)
