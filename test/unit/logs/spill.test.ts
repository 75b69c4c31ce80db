import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { Spill, type Stretch } from '#manyhands/logs/spill.js'

/** A folder of its own for a test. */
function inFolder(body: (folder: string) => void): () => void {
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'spill-test-'))
    try {
      body(folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** The file descriptors of this process; only Linux shows them. */
function descriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

describe('what is kept on disk', () => {
  it(
    'is read as it was written, and its file has no name',
    inFolder((folder) => {
      const spill = new Spill(folder)
      const datas = [Buffer.from('one'), Buffer.alloc(3_000_000, 7), Buffer.from('three')]
      const stretches = datas.map((data) => spill.write(data))
      if (process.platform !== 'win32') assert.deepEqual(readdirSync(folder), [])
      for (const [i, data] of datas.entries()) assert.ok(spill.read(stretches[i] as Stretch).equals(data))
      spill.close()
      assert.deepEqual(readdirSync(folder), [])
    }),
  )

  it(
    'takes no room once it is not wanted',
    inFolder((folder) => {
      const spill = new Spill(folder)
      const first = spill.write(Buffer.from('first'))
      const second = spill.write(Buffer.from('second'))
      spill.drop(first)
      assert.equal(second.file.size, 11)
      spill.drop(second)
      assert.equal(second.file.size, 0)
      const third = spill.write(Buffer.from('third'))
      assert.equal(third.at, 0)
      assert.equal(spill.read(third).toString(), 'third')
      spill.close()
    }),
  )

  it(
    'lies in files that are given up one by one',
    inFolder((folder) => {
      const before = descriptors()
      const spill = new Spill(folder)
      const data = Buffer.alloc(64 * 1024 * 1024)
      const stretches = Array.from({ length: 9 }, () => spill.write(data))
      assert.equal(new Set(stretches.map(({ file }) => file)).size, 3)
      if (before > 0) assert.equal(descriptors(), before + 3)
      for (const stretch of stretches.slice(0, 4)) spill.drop(stretch)
      if (before > 0) assert.equal(descriptors(), before + 2)
      spill.close()
      spill.close()
      assert.equal(descriptors(), before)
      assert.throws(() => spill.read(stretches[8] as Stretch), /closed/)
      spill.drop(stretches[8] as Stretch)
    }),
  )

  it('is refused where there is no disk', () => {
    assert.throws(() => new Spill(join(tmpdir(), 'there-is-no-such-folder')).write(Buffer.from('x')), {
      code: 'ENOENT',
    })
  })
})
