import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { isAlive, ownOwner } from '#manyhands/cache/store/claims/owner.js'
import { Scratch } from '#manyhands/testing/scratch.js'
import { leaseHolder } from '#manyhands/util/lease-file.js'
import { isRunning, thisProcess } from '#manyhands/util/running-process.js'

import { until } from '../../support/until.js'

const isLinux = process.platform === 'linux'

describe('a process that was written down', () => {
  it('runs as long as it does, and is no other of its number', () => {
    assert.equal(isRunning(thisProcess()), true)
    assert.equal(isAlive(ownOwner()), true)
    if (isLinux) assert.equal(isRunning({ ...thisProcess(), started: '1' }), false)
  })

  it('does not run when it has ended, also where nobody has asked for its end', { skip: !isLinux }, async () => {
    // The shell becomes another program, which does not know that it has a child; only then that one ends.
    const child = `sh -c 'until [ "$(cat /proc/$1/comm)" = sleep ]; do :; done' sh $$`
    const script = `${child} & echo $!; exec sleep 600`
    const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      const [text] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(String(text))
      const fields = (): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')
      await until(() => fields()[0] === 'Z')
      const started = fields()[19] as string
      assert.equal(isRunning({ pid, started }), false)
      assert.equal(isAlive({ ...ownOwner(), pid, tid: pid, started }), false)
    } finally {
      parent.kill('SIGKILL')
    }
  })

  it('holds a lock file as long as it runs; a file that names no process is held by none', () => {
    using scratch = new Scratch()
    const file = scratch.file('a.lock')
    assert.equal(leaseHolder(file), undefined)
    writeFileSync(file, JSON.stringify({ ...thisProcess(), address: 'here' }))
    assert.deepEqual(leaseHolder(file), { ...thisProcess(), address: 'here' })
    for (const text of ['', '{}', 'null', JSON.stringify({ pid: 2 ** 30, started: null })]) {
      writeFileSync(file, text)
      assert.equal(leaseHolder(file), undefined)
    }
  })
})
