import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { withoutInspector } from '#manyhands/backends/processes/process-link.js'

describe('the environment of worker processes', () => {
  it('NODE_OPTIONS reach them without the inspector, whose port is taken', () => {
    const cases = {
      '--inspect': '',
      '--inspect=127.0.0.1:9229 --enable-source-maps': ' --enable-source-maps',
      '--enable-source-maps --inspect-brk': '--enable-source-maps ',
      '--inspect-wait=0': '',
      '--inspect-publish-uid=http': '--inspect-publish-uid=http',
      '--require ./x--inspect.cjs': '--require ./x--inspect.cjs',
      '--max-old-space-size=100': '--max-old-space-size=100',
    }
    for (const [given, kept] of Object.entries(cases))
      assert.deepEqual(withoutInspector(given), { NODE_OPTIONS: kept }, given)
    assert.deepEqual(withoutInspector(undefined), {})
  })
})
