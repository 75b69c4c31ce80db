import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const DIST = fileURLToPath(new URL('../../../../dist', import.meta.url))
/** What a test of the program may fake, and a use of it as a variable. */
const USES =
  /(?<![.\w$])(?:(?:setTimeout|setInterval|setImmediate|clearTimeout|clearInterval|clearImmediate|queueMicrotask)\(|performance\.)|process\.nextTick/g

test('the package uses no timers and no clock that a program can fake', () => {
  const wrong: string[] = []
  let uses = 0
  for (const file of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
    // The contract suite is a test itself, and the script of pages runs in browsers.
    if (!/\.c?js$/.test(file) || /^(?:testing|page)\b/.test(file)) continue
    const text = readFileSync(join(DIST, file), 'utf8')
    for (const [use] of text.matchAll(USES)) {
      uses++
      const name = use.replace(/[(.].*/, '')
      const isOwn =
        name !== 'process' && new RegExp(`^(?:var [\\w, ]*\\b${name}\\b|import {[^}]*\\b${name}\\b)`, 'm').test(text)
      if (!isOwn) wrong.push(`${file}: ${use}`)
    }
  }
  assert.deepEqual(wrong, [])
  assert.ok(uses > 100, `${uses}`)
})
