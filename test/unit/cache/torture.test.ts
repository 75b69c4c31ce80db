import { describe, it } from 'node:test'

import { seed } from '../../support/seed.js'
import { thorough } from '../../support/thorough.js'
import { torture } from '../../torture/torture.js'

const SECONDS = thorough ? 6 : 3

describe('a cache that eight processes use, which are killed at random', () => {
  it('a tortured cache has each result as soon as it is stored, and each is right', { timeout: 120_000 }, async () => {
    await torture('keep', SECONDS, seed)
  })

  it(
    'a tortured cache stays whole while results are evicted, forgotten and cleared',
    { timeout: 120_000 },
    async () => {
      await torture('evict', SECONDS, seed)
    },
  )
})
