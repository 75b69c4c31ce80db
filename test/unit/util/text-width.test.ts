import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { fit, widthOf } from '#manyhands/util/text/text-width.js'

describe('the columns of a text', () => {
  it('count two for the characters of East Asia and emoji, none for accents', () => {
    const texts = ['resize', '第4話', 'ﾆｯﾎﾟﾝ', 'ｆｕｌｌ', '안녕', '🚀 go', 'e\u0301te\u0301', 'größe', '']
    assert.deepEqual(texts.map(widthOf), [6, 5, 5, 8, 4, 5, 3, 5, 0])
  })

  it('bound a shortened text', () => {
    assert.equal(fit('resize', 6), 'resize')
    assert.equal(fit('resize', 5), 'resi…')
    assert.equal(fit('第4話 気づいた', 8), '第4話 …')
    for (let columns = 1; columns < 20; columns++)
      assert.ok(widthOf(fit('第4話 気づいたんですよね', columns)) <= columns)
  })
})
