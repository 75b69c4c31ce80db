// Another process that uses the cache of a case: `cache-writer.js folder number`, or `cache-writer.js folder stampede marks`.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'

import { Cache } from 'manyhands/cache'

import { markOf } from '../case.js'
import { render, slowly } from '../cases/caching.js'

const [dir, what, marks = ''] = process.argv.slice(2) as [string, string, string?]
const cache = new Cache(dir)

if (what === 'stampede') {
  const cached = cache.wrap(slowly, { version: '1', ignore: [1] })
  await cached.key(0, marks)
  writeFileSync(markOf(marks, 'ready'), '')
  assert.deepEqual(await Promise.all([cached(0, marks), cached(1, marks), cached(0, marks)]), [0, 1, 0])
} else if (what === 'once') await cache.wrap(render, { version: '1' })(1)
else {
  const cached = cache.wrap(render, { version: '1' })
  for (let i = Number(what); ; i++) {
    const n = i % 40
    assert.deepEqual(await cached(n), render(n))
    await cached.inject([n], render(n))
    if (i % 10 === 0) await cached.inject([7], render(7))
    if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}
