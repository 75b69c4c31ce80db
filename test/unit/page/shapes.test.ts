import assert from 'node:assert/strict'
import { it } from 'node:test'

import { flagOf, flagPath, goneMark, goneOf, gonePath, retryPath } from '#manyhands/page/shapes.js'

it('outcomes and ends of workers have shapes that differ', () => {
  const flags = (['failed', 'timeout', 'crashed'] as const).map((flag) => flagPath(flag, 5, 0, 8))
  const gone = (['died', 'memory', 'replaced'] as const).map((way) => gonePath(way, 5, 5, 4) + goneMark(way, 5, 5, 4))
  const shapes = [...flags, ...gone, retryPath(5, 0, 8)]
  assert.equal(new Set(shapes).size, shapes.length)
})

it('the shape of a worker that is gone tells why', () => {
  const of = (reason: string, planned = false): string => goneOf({ planned, reason })
  assert.deepEqual(
    [
      of('it ran out of memory'),
      of('it was ended by SIGKILL'),
      of('replaced', true),
      of('used more memory than maxMemory'),
    ],
    ['memory', 'died', 'replaced', 'memory'],
  )
  assert.deepEqual(
    [flagOf('failed'), flagOf('timeout'), flagOf('crashed'), flagOf(undefined)],
    ['failed', 'timeout', 'crashed', 'failed'],
  )
})
