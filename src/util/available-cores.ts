import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Where Linux tells a container's share of the processors: version 2, then version 1. */
const QUOTA_FILES = {
  v2: '/sys/fs/cgroup/cpu.max',
  v1: ['/sys/fs/cgroup/cpu/cpu.cfs_quota_us', '/sys/fs/cgroup/cpu/cpu.cfs_period_us'],
} as const

type ReadFile = (path: string) => string

/** Cores that this process may use: the affinity mask and a container's quota count. At least 1. */
export function availableCores(read: ReadFile = readText): number {
  const quota = quotaOf(read)
  const cores = availableParallelism()
  return Math.max(1, quota === undefined ? cores : Math.min(cores, Math.floor(quota)))
}

function quotaOf(read: ReadFile): number | undefined {
  try {
    return share(...(read(QUOTA_FILES.v2).split(' ') as [string, string]))
  } catch {
    // Not version 2.
  }
  try {
    return share(read(QUOTA_FILES.v1[0]), read(QUOTA_FILES.v1[1]))
  } catch {
    return undefined
  }
}

function share(quota: string, period: string): number | undefined {
  const cores = Number(quota) / Number(period)
  return Number.isFinite(cores) && cores > 0 ? cores : undefined
}

function readText(path: string): string {
  return readFileSync(path, 'utf8').trim()
}
