import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { FileLock } from '#manyhands/journal/file-lock.js'
import { Scratch } from '#manyhands/testing/scratch.js'
import { beat, keepLease } from '#manyhands/util/lease-file.js'
import { thisProcess } from '#manyhands/util/running-process.js'

/** A holder whose number means nothing here: a process of this number has never run. */
const ELSEWHERE = { pid: 2 ** 30, started: '1', host: 'another' }
const MINUTE_MS = 60_000

function silentFor(path: string, ms: number): void {
  const at = (Date.now() - ms) / 1_000
  utimesSync(path, at, at)
}

describe('a lock whose holder cannot be looked up', () => {
  it('is held until its holder has been silent for a minute', () => {
    using scratch = new Scratch()
    const path = scratch.file('out.jsonl.lock')
    for (const holder of [ELSEWHERE, { ...thisProcess(), host: 'another' }]) {
      writeFileSync(path, JSON.stringify(holder))
      assert.equal(FileLock.take(scratch.file('out.jsonl')), holder.pid)
      silentFor(path, MINUTE_MS / 2)
      assert.equal(FileLock.take(scratch.file('out.jsonl')), holder.pid)
      silentFor(path, MINUTE_MS + 5_000)
      const lock = FileLock.take(scratch.file('out.jsonl'))
      assert.ok(lock instanceof FileLock)
      lock.release()
      assert.equal(existsSync(path), false)
    }
  })

  it('is taken over at once if it was held here, by a process that has ended', () => {
    using scratch = new Scratch()
    writeFileSync(scratch.file('a.lock'), JSON.stringify({ ...ELSEWHERE, host: thisProcess().host }))
    const lock = FileLock.take(scratch.file('a'))
    assert.ok(lock instanceof FileLock)
    lock.release()
  })

  it('is not removed by a holder that has lost it', () => {
    using scratch = new Scratch()
    const lock = FileLock.take(scratch.file('a'))
    assert.ok(lock instanceof FileLock)
    writeFileSync(scratch.file('a.lock'), JSON.stringify(ELSEWHERE))
    lock.release()
    assert.equal(existsSync(scratch.file('a.lock')), true)
  })
})

describe('signs of life', () => {
  it('are given in the files of this process, as long as they name it', () => {
    using scratch = new Scratch()
    const [own, lost] = [scratch.file('own'), scratch.file('lost')]
    const ends = [own, lost].map((path) => {
      writeFileSync(path, 'us')
      return keepLease(path, 'us')
    })
    writeFileSync(lost, 'others')
    for (const path of [own, lost]) silentFor(path, MINUTE_MS)
    beat()
    const age = (path: string): number => Date.now() - statSync(path).mtimeMs
    assert.ok(age(own) < MINUTE_MS / 2 && age(lost) > MINUTE_MS / 2)
    assert.equal(readFileSync(own, 'utf8'), 'us')
    for (const end of ends) end()
  })
})
