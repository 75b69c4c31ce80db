import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'

import { atExit } from '#manyhands/util/at-exit.js'

test('many callbacks have one listener of the process, and none is left when they are called off', () => {
  const before = process.listenerCount('exit')
  const callOff = Array.from({ length: 50 }, () => atExit(() => {}))
  assert.equal(process.listenerCount('exit'), before + 1)
  for (const one of callOff) one()
  assert.equal(process.listenerCount('exit'), before)
})

test('fifty journals and locks at once warn of nothing, and write all at the exit', () => {
  const program = `
    import { mkdtempSync, rmSync, readdirSync } from 'node:fs'
    import { tmpdir } from 'node:os'
    import { join } from 'node:path'
    import { map } from 'manyhands'
    const folder = mkdtempSync(join(tmpdir(), 'manyhands-'))
    process.on('warning', (warning) => console.log(warning.message))
    const runs = Array.from({ length: 50 }, (_, i) => map([1], (x) => x, { backend: 'serial', journal: join(folder, String(i)) }))
    await Promise.all(runs)
    console.log(readdirSync(folder).length)
    rmSync(folder, { recursive: true })`
  const shown = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  assert.equal(shown, '50\n')
})
