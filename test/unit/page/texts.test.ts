import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { commandOf } from '#manyhands/page/command-line.js'

const PAGE = fileURLToPath(new URL('../../../../src/page', import.meta.url))
/** Ways to make HTML of a text, or to run it. */
const UNSAFE =
  /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|setHTML|DOMParser|createContextualFragment|srcdoc|\beval\(|new Function/

test('no part of a page makes HTML of a text', () => {
  const files = readdirSync(PAGE, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
  assert.ok(files.length > 20, `${files.length}`)
  const wrong = files.filter((file) => UNSAFE.test(readFileSync(join(PAGE, file), 'utf8')))
  assert.deepEqual(wrong, [])
})

test('the command of a page can be pasted into a shell', () => {
  assert.equal(
    commandOf(['a.ts#f', 'x y', "it's", '@rows.jsonl', '--args', '…', '$HOME']),
    "manyhands run a.ts#f 'x y' 'it'\\''s' @rows.jsonl --args … '$HOME'",
  )
})
