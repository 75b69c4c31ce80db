import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { layout, NODE_HEIGHT, NODE_WIDTH } from '#manyhands/page/charts/graph-layout.js'

/** Tells if a point lies within a box. */
function isWithin([x, y]: readonly [number, number], [left, top]: readonly [number, number]): boolean {
  return x > left && x < left + NODE_WIDTH && y > top && y < top + NODE_HEIGHT
}

describe('the layout of a graph', () => {
  it('puts each node right of those before it, and apart from all others', () => {
    const { boxes } = layout(5, [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
      [3, 4],
    ])
    const [first, left, right, last, end] = boxes as [...(typeof boxes)[number][]]
    assert.ok(first![0] < left![0] && left![0] === right![0] && right![0] < last![0] && last![0] < end![0])
    assert.ok(Math.abs(left![1] - right![1]) >= NODE_HEIGHT)
  })

  it('leads an edge that passes columns around the nodes in them', () => {
    const { boxes, routes } = layout(5, [
      [0, 1],
      [1, 2],
      [2, 3],
      [0, 3],
      [3, 4],
      [0, 4],
    ])
    assert.equal(routes.length, 6)
    // Across a column an edge is straight.
    for (const route of routes)
      for (let i = 1; i < route.length; i++) {
        const [[x1, y1], [x2, y2]] = [route[i - 1]!, route[i]!]
        for (const share of [0, 0.5, 1])
          for (const box of boxes)
            assert.ok(
              !isWithin([x1 + share * (x2 - x1), y1 + share * (y2 - y1)], box),
              `${route.join(' ')} meets ${box.join(',')}`,
            )
      }
  })

  it('ends for edges that lead around or to the node itself', () => {
    const { boxes, width, height } = layout(3, [
      [0, 1],
      [1, 2],
      [2, 0],
      [1, 1],
    ])
    assert.equal(boxes.length, 3)
    for (const [x, y] of boxes) assert.ok(x >= 0 && y >= 0 && x + NODE_WIDTH <= width && y + NODE_HEIGHT <= height)
  })
})
