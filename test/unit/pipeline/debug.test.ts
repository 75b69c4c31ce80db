import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

const PROGRAM = `
import { pipeline } from 'manyhands/pipeline'

const halves = pipeline('halves')
  .step('first', ({ n }) => n)
  .step('second', ({ first }) => {
    const half = first / 2
    if (half === 1) throw new RangeError('one')
    return half
  })
for await (const r of halves.run([{ n: 1 }, { n: 2 }, { n: 3 }], { debug: true })) console.log(r.ok, r.step)
`

describe('a pipeline under the debugger', () => {
  it('stops at the line of the step that threw', () => {
    const folder = join(ROOT, 'build', 'debug-pipeline')
    mkdirSync(folder, { recursive: true })
    const file = join(folder, 'main.mjs')
    writeFileSync(file, PROGRAM)
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', input: '', timeout: 60_000 })
    assert.equal(stdout, 'true undefined\nfalse second\ntrue undefined\n')
    assert.match(stderr, /halves\[1\], step "second", failed: RangeError: one/)
    assert.match(stderr, /main\.mjs:8/)
    assert.match(stderr, /^ +half +1$/m)
  })
})
