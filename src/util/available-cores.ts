import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'

/** Files of Linux that describe control groups, relative to the root of the file system. */
const OWN_GROUPS = 'proc/self/cgroup'
const V2_MOUNT = 'sys/fs/cgroup'
const V1_MOUNTS = ['sys/fs/cgroup/cpu', 'sys/fs/cgroup/cpu,cpuacct']

/**
 * Returns the number of cores that this process may use, at least 1. The affinity mask and a container's quota count.
 * `root` is the root of the file system.
 */
export function availableCores(root = '/'): number {
  return Math.max(1, Math.floor(Math.min(availableParallelism(), ...quotas(root))))
}

/** The quotas of the control groups that this process is in, in cores. All of them apply. */
function quotas(root: string): number[] {
  return (read(root, OWN_GROUPS) ?? '').split('\n').flatMap((line) => {
    // Fields: hierarchy, controllers, path. Version 2 is hierarchy 0, without controllers.
    const [hierarchy, controllers = '', ...path] = line.split(':')
    const groups = withParents(path.join(':'))
    if (hierarchy === '0' && controllers === '') return groups.map((group) => quotaV2(root, group))
    if (!controllers.split(',').includes('cpu')) return []
    return V1_MOUNTS.flatMap((mount) => groups.map((group) => quotaV1(root, join(mount, group))))
  })
}

/** A group and its ancestors. In a container the outer ones may be hidden, and the path may be the host machine's. */
function withParents(group: string): string[] {
  const parent = dirname(group)
  return parent === group || parent === '.' ? ['/'] : [group, ...withParents(parent)]
}

function quotaV2(root: string, group: string): number {
  const [quota, period] = (read(root, join(V2_MOUNT, group, 'cpu.max')) ?? '').split(' ')
  return share(quota, period)
}

function quotaV1(root: string, folder: string): number {
  return share(read(root, join(folder, 'cpu.cfs_quota_us')), read(root, join(folder, 'cpu.cfs_period_us')))
}

/** A quota without a limit reads `max`, or -1. */
function share(quota: string | undefined, period: string | undefined): number {
  const cores = Number(quota) / Number(period)
  return cores > 0 ? cores : Infinity
}

function read(root: string, path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8').trim()
  } catch {
    return undefined
  }
}
