import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Window } from '#manyhands/run/source/window.js'

function counting(maxItems: number, maxBytes: number): { window: Window; woken: () => number } {
  let woken = 0
  return { window: new Window(maxItems, maxBytes, () => woken++), woken: () => woken }
}

function enter(window: Window, times: number, bytes = 8): void {
  for (let i = 0; i < times; i++) window.enter(bytes)
}

describe('the window', () => {
  it('has room for as many items as it may hold', () => {
    const { window } = counting(3, Infinity)
    assert.equal(window.room(), 3)
    enter(window, 2)
    assert.equal(window.room(), 1)
    enter(window, 1)
    assert.equal(window.room(), 0)
    assert.equal(window.hasRoom(), false)
  })

  it('has room for as many bytes as it may hold, and always for one item', () => {
    const { window } = counting(100, 1_000)
    enter(window, 1, 5_000)
    assert.equal(window.hasRoom(), false)
    window.leave(1, 5_000)
    assert.equal(window.hasRoom(), true)
    enter(window, 3, 400)
    assert.equal(window.hasRoom(), false)
    window.resize(400, 10)
    assert.equal(window.hasRoom(), true)
  })

  it('is made no smaller than it is', () => {
    const { window } = counting(3, Infinity)
    window.atLeast(2)
    assert.equal(window.room(), 3)
    window.atLeast(5)
    assert.equal(window.room(), 5)
  })

  it('says once that there is room again, and only if somebody asked in vain', () => {
    const { window, woken } = counting(2, Infinity)
    enter(window, 2)
    window.leave(1, 8)
    assert.equal(woken(), 0)
    enter(window, 1)
    assert.equal(window.hasRoom(), false)
    window.leave(1, 8)
    assert.equal(woken(), 1)
    window.leave(1, 8)
    assert.equal(woken(), 1)
  })

  it('says so in steps: a consumer that takes one by one does not wake readers each time', () => {
    const { window, woken } = counting(80, Infinity)
    enter(window, 80)
    window.hasRoom()
    for (let i = 0; i < 9; i++) window.leave(1, 8)
    assert.equal(woken(), 0)
    window.leave(1, 8)
    assert.equal(woken(), 1)
  })

  it('a window of bytes waits until there are fewer', () => {
    const { window, woken } = counting(100, 1_000)
    enter(window, 20, 100)
    window.hasRoom()
    window.leave(10, 1_000)
    assert.equal(woken(), 0)
    window.leave(1, 100)
    assert.equal(woken(), 1)
  })

  it('can be without end', () => {
    const { window } = counting(Infinity, Infinity)
    enter(window, 10_000, 1e9)
    assert.equal(window.room(), Infinity)
  })
})
