import type { MakeClusterSystem } from './systems/cluster-system.ts'
import { CLUSTER_SYSTEMS } from './systems/index.ts'
import { CLUSTER_WORKLOADS, type ClusterWorkload } from './workloads.ts'

// One workload on one system, with servers of its own: its figures as a line of JSON.
const [workload, name] = process.argv.slice(2) as [string, string]
const { task, workers, measure } = CLUSTER_WORKLOADS[workload] as ClusterWorkload
const system = await (CLUSTER_SYSTEMS[name] as MakeClusterSystem)(task, workers)
const figures = await measure(system, name)
await system.close()
console.log(JSON.stringify(figures))
process.exit(0)
