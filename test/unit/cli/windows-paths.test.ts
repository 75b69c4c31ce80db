import assert from 'node:assert/strict'
import { posix, win32 } from 'node:path'
import { describe, it } from 'node:test'

import { userFrame } from '#manyhands/cli/report/describe-failure.js'

describe('frames of stacks', () => {
  for (const [frame, cwd, shown] of [
    ['resize (C:\\srv\\images\\resize.ts:12:5)', 'C:\\srv', 'resize (images\\resize.ts:12:5)'],
    ['resize (file:///C:/srv/images/resize.ts:12:5)', 'C:\\srv', 'resize (images\\resize.ts:12:5)'],
    ['async file:///C:/srv/a%20b.mjs:1:2', 'C:\\srv', 'async a b.mjs:1:2'],
    ['resize (D:\\other\\resize.ts:12:5)', 'C:\\srv', 'resize (D:\\other\\resize.ts:12:5)'],
    ['C:\\srv\\resize.ts:12:5', 'C:\\srv', 'resize.ts:12:5'],
  ] as const) {
    it(`frames of stacks have short paths on Windows: ${frame}`, () => {
      assert.equal(userFrame(`Error: no\n    at ${frame}`, cwd, win32), `at ${shown}`)
    })
  }

  it('frames of stacks have short paths elsewhere', () => {
    const stack = 'Error: no\n    at x (/srv/node_modules/a/b.js:1:1)\n    at f (/srv/images/resize.ts:12:5)'
    assert.equal(userFrame(stack, '/srv', posix), 'at f (images/resize.ts:12:5)')
    assert.equal(
      userFrame('Error: no\n    at f (file:///elsewhere/a.ts:1:2)', '/srv', posix),
      'at f (/elsewhere/a.ts:1:2)',
    )
  })
})
