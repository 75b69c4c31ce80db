import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'

import { availableCores } from '#manyhands/util/available-cores.js'

const ALL = availableParallelism()
/** Little enough that every machine has more. */
const LITTLE = '50000 100000'

/** The cores of a machine whose file system has these files. */
function coresOf(files: Readonly<Record<string, string>>): number {
  const root = mkdtempSync(join(tmpdir(), 'manyhands-cgroup-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), `${text}\n`)
    }
    return availableCores(root)
  } finally {
    rmSync(root, { recursive: true })
  }
}

const V2 = { 'proc/self/cgroup': '0::/' }
const SLICE = { 'proc/self/cgroup': '0::/system.slice/a:b.service' }
const V1 = { 'proc/self/cgroup': '9:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/' }

describe('the cores of a container', () => {
  it('are all where there is no quota', () => {
    for (const files of [
      {},
      V2,
      { ...V2, 'sys/fs/cgroup/cpu.max': 'max 100000' },
      { ...V1, 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1', 'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000' },
      { ...V2, 'sys/fs/cgroup/cpu.max': 'nonsense' },
      { ...V2, 'sys/fs/cgroup/cpu.max': '' },
      { 'proc/self/cgroup': '', 'sys/fs/cgroup/cpu.max': LITTLE },
    ])
      assert.equal(coresOf(files), ALL, JSON.stringify(files))
  })

  it('are never more than the machine has', () => {
    assert.equal(coresOf({ ...V2, 'sys/fs/cgroup/cpu.max': `${(ALL + 1) * 100_000} 100000` }), ALL)
  })

  it('are at least one, where the quota is less', () => {
    assert.equal(coresOf({ ...V2, 'sys/fs/cgroup/cpu.max': LITTLE }), 1)
    const v1 = { 'cpu.cfs_quota_us': '50000', 'cpu.cfs_period_us': '100000' }
    for (const mount of ['cpu', 'cpu,cpuacct']) {
      const files = Object.entries(v1).map(([name, text]) => [`sys/fs/cgroup/${mount}/docker/abc/${name}`, text])
      assert.equal(coresOf({ ...V1, ...Object.fromEntries(files) }), 1, mount)
    }
  })

  it('are a whole number', () => {
    assert.equal(coresOf({ ...V2, 'sys/fs/cgroup/cpu.max': '199999 100000' }), 1)
    assert.equal(coresOf({ ...V2, 'sys/fs/cgroup/cpu.max': '200000 100000' }), Math.min(ALL, 2))
  })

  it('are those of the smallest group around the process', () => {
    const own = 'sys/fs/cgroup/system.slice/a:b.service/cpu.max'
    const around = 'sys/fs/cgroup/system.slice/cpu.max'
    assert.equal(coresOf({ ...SLICE, [own]: LITTLE, [around]: 'max 100000' }), 1)
    assert.equal(coresOf({ ...SLICE, [own]: 'max 100000', [around]: LITTLE }), 1)
    assert.equal(coresOf({ ...SLICE, 'sys/fs/cgroup/other.slice/cpu.max': LITTLE }), ALL)
  })

  it('are found where the container hides the groups around it', () => {
    const v1 = { 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000', 'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000' }
    assert.equal(coresOf({ ...V1, ...v1 }), 1)
  })
})
