import { describe, it } from 'node:test'

import { torture } from '../../torture/torture.js'

describe('a cache that eight processes use, which are killed at random', () => {
  it('has each result as soon as it is stored, and each is right', { timeout: 120_000 }, async () => {
    await torture('keep', 6, Date.now() % 1_000)
  })

  it('stays whole while results are evicted, forgotten and cleared', { timeout: 120_000 }, async () => {
    await torture('evict', 6, Date.now() % 1_000)
  })
})
