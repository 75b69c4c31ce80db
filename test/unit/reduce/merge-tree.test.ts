import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { MergeTree } from '#manyhands/reduce/merge-tree.js'
import type { Packed } from '#manyhands/reduce/worker/messages.js'

/** Combines leaves that arrive in an order. Returns the root as text, with brackets around what was combined. */
function combined(leaves: number, order: readonly number[]): unknown {
  const tree = new MergeTree(({ place, a, b }) => {
    tree.add(place, { value: `(${valueOf(a)} ${valueOf(b)})` })
  })
  order.forEach((leaf, came) => {
    // The end of the inputs is known before the last accumulators come.
    if (came === Math.floor(leaves / 2)) tree.close(leaves)
    tree.add({ level: 0, position: leaf }, { value: String(leaf) })
  })
  tree.close(leaves)
  return tree.root === undefined ? undefined : valueOf(tree.root)
}

function valueOf(packed: Packed): string {
  return 'value' in packed ? String(packed.value) : ''
}

describe('the tree in which accumulators are combined', () => {
  it('depends on nothing but the number of leaves', () => {
    for (let leaves = 1; leaves <= 33; leaves++) {
      const inOrder = Array.from({ length: leaves }, (_, i) => i)
      const expected = combined(leaves, inOrder)
      assert.equal(combined(leaves, inOrder.toReversed()), expected)
      assert.equal(
        combined(
          leaves,
          inOrder.toSorted((a, b) => ((a * 7) % leaves) - ((b * 7) % leaves)),
        ),
        expected,
      )
    }
  })

  it('combines neighbours two by two, and lets the last of an odd number go up', () => {
    assert.equal(combined(1, [0]), '0')
    assert.equal(combined(3, [2, 0, 1]), '((0 1) 2)')
    assert.equal(combined(7, [6, 5, 4, 3, 2, 1, 0]), '(((0 1) (2 3)) ((4 5) 6))')
  })

  it('takes accumulators of whole subtrees', () => {
    const tree = new MergeTree(({ place, a, b }) => tree.add(place, { value: `(${valueOf(a)} ${valueOf(b)})` }))
    tree.add({ level: 1, position: 1 }, { value: '(2 3)' })
    tree.add({ level: 0, position: 4 }, { value: '4' })
    tree.add({ level: 0, position: 1 }, { value: '1' })
    tree.add({ level: 0, position: 0 }, { value: '0' })
    tree.close(5)
    assert.equal(tree.root === undefined ? undefined : valueOf(tree.root), '(((0 1) (2 3)) 4)')
  })
})
