import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'

import { map } from 'manyhands'
import { file } from 'manyhands/cache'

import { Scratch } from '#manyhands/testing/scratch.js'

import { GOLDEN_HASHES } from './support/golden-hashes.js'
import { GOLDEN, hashHere, Point, registerPoints } from './support/golden.js'

const ROOT = new URL('../../../../', import.meta.url)

function asExpected(hashes: readonly (readonly [string, string])[]): void {
  assert.deepEqual(Object.fromEntries(hashes), GOLDEN_HASHES)
}

describe('canonical hashes', () => {
  it('are those that were checked in', () => {
    asExpected(GOLDEN.map(([name, make]) => [name, hashHere(make())]))
  })

  it('tell apart what differs, and nothing else', () => {
    const alike = [
      ['record', 'record in another order'],
      ['map', 'map in another order'],
      ['set', 'set in another order'],
      ['shared parts', 'equal parts'],
      ['bytes', 'part of a buffer'],
    ] as const
    for (const [one, other] of alike) assert.equal(GOLDEN_HASHES[one], GOLDEN_HASHES[other])
    assert.equal(new Set(Object.values(GOLDEN_HASHES)).size, GOLDEN.length - alike.length)
  })

  for (const backend of ['threads', 'processes'] as const) {
    it(`are the same after a trip to another place: ${backend}`, async () => {
      const hashes = await map(
        GOLDEN.map(([, make]) => make()),
        hashHere,
        { backend },
      )
      asExpected(GOLDEN.map(([name], i) => [name, hashes[i] as string]))
    })
  }

  for (const version of [22, 24, 26]) {
    const node = fileURLToPath(new URL(`.ci/runtimes/node_modules/node-${version}/bin/node`, ROOT))
    it(`are the same with Node ${version}`, { skip: existsSync(node) ? false : `there is no ${node}` }, () => {
      const script = fileURLToPath(new URL('support/hash-all.js', import.meta.url))
      asExpected(JSON.parse(execFileSync(node, [script], { encoding: 'utf8' })) as [string, string][])
    })
  }

  it('know a value of another realm', () => {
    const value: unknown = runInNewContext('({ a: [1, new Map([[1, new Date(5)]])] })')
    assert.equal(hashHere(value), hashHere({ a: [1, new Map([[1, new Date(5)]])] }))
  })

  it('hash shared parts once', () => {
    let value: unknown = { end: true }
    for (let i = 0; i < 100; i++) value = [value, value]
    assert.equal(hashHere(value).length, 16)
  })

  it('refuse what has no identity', () => {
    class Own {}
    class OwnMap extends Map {}
    for (const value of [() => 1, Symbol('s'), new Own(), new OwnMap(), new WeakMap(), { [Symbol('s')]: 1 }])
      assert.throws(() => hashHere({ deep: [value] }), TypeError)
    let deep: unknown = 1
    for (let i = 0; i < 50_000; i++) deep = [deep]
    assert.throws(() => hashHere(deep), /nested too deeply/)
  })

  it('ask classes that have a method for it, and those that are registered', () => {
    class Lens {
      readonly focus: number
      readonly cache: unknown
      constructor(focus: number, cache: unknown) {
        this.focus = focus
        this.cache = cache
      }

      [Symbol.for('manyhands.hash')](): unknown {
        return this.focus
      }
    }
    assert.equal(hashHere(new Lens(1, 'a')), hashHere(new Lens(1, 'b')))
    assert.notEqual(hashHere(new Lens(1, 'a')), hashHere(new Lens(2, 'a')))
    assert.throws(() => hashHere(new Point(1)), /registerClass/)
    registerPoints()
    assert.equal(hashHere(new Point(1)), hashHere(new Point(1)))
    assert.notEqual(hashHere(new Point(1)), hashHere(new Point(2)))
  })

  it('know a file by its content', () => {
    using scratch = new Scratch()
    const [one, other] = [scratch.file('one'), scratch.file('other')]
    writeFileSync(one, 'same')
    writeFileSync(other, 'same')
    assert.equal(hashHere(file(one)), hashHere(file(other)))
    writeFileSync(other, 'else')
    assert.notEqual(hashHere(file(one)), hashHere(file(other)))
    assert.throws(() => hashHere(file(scratch.file('none'))), /ENOENT/)
  })
})
