import assert from 'node:assert/strict'
import {
  rmSync,
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { KIND, writeRecord } from '#manyhands/cache/store/record.js'
import { Store } from '#manyhands/cache/store/store.js'
import { encodeValue } from '#manyhands/cache/store/value-codec.js'
import { Scratch } from '#manyhands/testing/scratch.js'

const META = { name: 'f', fn: 'module#f', code: 'c'.repeat(64), args: ['a'] }

function keyOf(n: number): string {
  return n.toString(16).padStart(64, '0')
}

/** A store as another process would see it. */
function open(scratch: Scratch): Store {
  return new Store(scratch.file('cache'), scratch.file('cache/v1'), {})
}

function put(store: Store, n: number, value: unknown): void {
  assert.ok(store.put({ key: keyOf(n), meta: META, stored: encodeValue(value, {}) }))
}

function get(store: Store, n: number): unknown {
  return store.get(keyOf(n), {})?.value
}

/** All files of results. */
function files(scratch: Scratch): string[] {
  const root = scratch.file('cache/v1')
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile())
}

describe('a store', () => {
  it('shows all that is stored to others at once', () => {
    using scratch = new Scratch()
    const stores = [open(scratch), open(scratch), open(scratch)]
    for (let n = 0; n < 300; n++) {
      put(stores[n % 3] as Store, n, n % 50 === 0 ? 'x'.repeat(50_000) : { n })
      if (n % 40 === 0) stores[(n + 1) % 3]?.prune({}, true)
      for (const store of stores) {
        const known = get(store, n)
        assert.ok(known !== undefined, `${n} is not there`)
      }
    }
    for (const store of stores) for (let n = 0; n < 300; n++) assert.ok(get(store, n) !== undefined)
    stores[0]?.remove([keyOf(7), keyOf(50)], 'forgotten')
    // Those who have seen them hear of it soon.
    const fresh = open(scratch)
    assert.deepEqual([get(fresh, 7), get(fresh, 50)], [undefined, undefined])
    assert.equal(fresh.whyGone(keyOf(7)), 'forgotten')
  })

  it('counts only results as entries, not its own records of what is gone or used', () => {
    using scratch = new Scratch()
    const [one, other] = [open(scratch), open(scratch)]
    put(one, 0, 'zero')
    put(one, 1, 'one')
    assert.equal(other.remove([keyOf(0)], 'forgotten'), 1)
    assert.equal(other.remove([keyOf(0)], 'forgotten'), 0)
    assert.equal(get(other, 0), undefined)
    // With a limit each use is recorded.
    const limited = new Store(scratch.file('cache'), scratch.file('cache/v1'), { maxBytes: 1e9 })
    assert.equal(get(limited, 1), 'one')
    limited.flush()
    for (const store of [one, other, limited, open(scratch)]) {
      assert.deepEqual(store.verify().corrupt, [])
      assert.deepEqual(
        [...store.list()].map(({ key }) => key),
        [keyOf(1)],
      )
      assert.equal(store.verify().entries, 1)
      assert.equal(store.prune({}, true).removed, 0)
    }
    assert.equal(other.prune({ maxAge: 0 }, true).removed, 1)
  })

  it('does not count as removed what another store has removed a moment ago', () => {
    using scratch = new Scratch()
    const [one, other] = [open(scratch), open(scratch)]
    put(one, 1, 'one')
    put(one, 2, 'two')
    assert.deepEqual([get(other, 1), get(other, 2)], ['one', 'two'])
    one.remove([keyOf(1)], 'forgotten')
    assert.equal(other.remove([keyOf(1)], 'forgotten'), 0)
    one.clear()
    assert.equal(other.remove([keyOf(2)], 'forgotten'), 0)
  })

  it('gives the right value or none, whichever byte is broken', { timeout: 120_000 }, () => {
    using scratch = new Scratch()
    const values = ['one', { two: [2, new Map([[1, 2]])] }, Buffer.from('three')]
    const writing = open(scratch)
    for (const [n, value] of values.entries()) put(writing, n, value)
    put(writing, 3, 'x'.repeat(40_000))
    writing.flush()
    const whole = files(scratch).map((path) => ({ path, bytes: readFileSync(path) }))
    let missed = 0
    for (const { path, bytes } of whole) {
      // Of a large one the head, the end, and some between.
      const step = bytes.length > 10_000 ? 997 : 1
      for (let at = 0; at < bytes.length; at += at < 400 ? 1 : step) {
        for (const file of files(scratch)) rmSync(file)
        for (const one of whole) writeFileSync(one.path, one.bytes)
        const broken = Buffer.from(bytes)
        broken[at] = (broken[at] as number) ^ (1 << (at % 8))
        writeFileSync(path, broken)
        const store = open(scratch)
        let lost = 0
        for (const [n, value] of [...values, 'x'.repeat(40_000)].entries()) {
          const found = get(store, n)
          if (found === undefined) lost++
          else assert.deepEqual(found, value)
        }
        assert.ok(lost <= 1, `byte ${at} of ${path} lost ${lost}`)
        assert.equal(store.counts.corrupt > 0, lost > 0, `byte ${at} of ${path} is not counted`)
        missed += lost
      }
    }
    assert.ok(missed > 500)
  })

  it('gives the right value or none, however much of a file is there', () => {
    using scratch = new Scratch()
    const writing = open(scratch)
    for (let n = 0; n < 4; n++) put(writing, n, `value ${n}`)
    writing.flush()
    const [file] = files(scratch) as [string]
    const whole = readFileSync(file)
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length))
      const store = open(scratch)
      for (let n = 0; n < 4; n++) assert.ok([undefined, `value ${n}`].includes(get(store, n) as string))
    }
    // What comes is kept behind what is whole.
    writeFileSync(file, whole.subarray(0, whole.length - 5))
    const store = open(scratch)
    put(store, 9, 'nine')
    assert.deepEqual([get(open(scratch), 0), get(open(scratch), 9)], ['value 0', 'nine'])
  })

  it('takes nothing from what is no record, of another version, or for another key', () => {
    using scratch = new Scratch()
    const writing = open(scratch)
    put(writing, 1, 'one')
    writing.flush()
    const packs = scratch.file('cache/v1/packs')
    const record = (n: number, payload: Buffer, codec: 1 | 2 | 3 = 1): Buffer =>
      writeRecord({ kind: KIND.entry, key: keyOf(n), stored: Date.now(), payload, codec, meta: Buffer.from('{}') })
    const newer = record(2, Buffer.from('x'))
    newer.write('MHc9', 'latin1')
    const forged = [
      newer,
      record(3, Buffer.from('no value')),
      record(4, Buffer.from([0xff, 0x0f, 0x61, 0xff, 0xff, 0xff, 0xff, 0x0f])),
      record(5, encodeValue([1, [['function', null, '', 1]]], {}).payload, 2),
      record(6, encodeValue([{}, [['url', null, '', 'no url']]], {}).payload, 2),
      record(7, encodeValue([{}, 'nothing special'], {}).payload, 2),
      record(8, Buffer.from('{}'), 3),
    ]
    writeFileSync(join(packs, 'forged.0.pack'), Buffer.concat([Buffer.from('garbage MHc1'), ...forged]))
    writeFileSync(join(packs, 'a.b.c.d'), 'no pack')
    mkdirSync(join(packs, 'folder.0.pack'))
    mkdirSync(scratch.file('cache/v1/blobs/00'), { recursive: true })
    writeFileSync(scratch.file(`cache/v1/blobs/00/${keyOf(11)}`), record(12, encodeValue('other', {}).payload))
    writeFileSync(scratch.file(`cache/v1/blobs/00/${keyOf(13)}`), '')
    const store = open(scratch)
    for (const n of [2, 3, 4, 5, 6, 7, 8, 11, 12, 13]) assert.equal(get(store, n), undefined, `${n}`)
    assert.equal(get(store, 1), 'one')
    assert.ok(store.counts.corrupt >= 5)
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
  })

  it('cleans up what the dead have left', () => {
    using scratch = new Scratch()
    const store = open(scratch)
    put(store, 1, 'x'.repeat(50_000))
    put(store, 2, 'small')
    store.flush()
    const leftovers = [
      scratch.file(`cache/v1/blobs/00/${keyOf(5)}.new-host-1-1-1-m-1`),
      scratch.file('cache/v1/packs/zzz.new'),
    ]
    const long = Date.now() / 1_000 - 10_000
    for (const path of leftovers) {
      writeFileSync(path, 'begun')
      utimesSync(path, long, long)
    }
    store.prune({}, true)
    for (const path of leftovers) assert.equal(statSync(path, { throwIfNoEntry: false }), undefined)
    assert.deepEqual([(get(store, 1) as string).length, get(store, 2)], [50_000, 'small'])
  })

  it('takes over claims of the dead, and waits for those of the living', () => {
    using scratch = new Scratch()
    const [one, other] = [open(scratch), open(scratch)]
    const claim = one.claims.take('k', 'running')
    assert.ok(claim !== undefined)
    assert.equal(other.claims.take('k', 'running'), undefined)
    assert.equal(other.claims.look('k'), 'running')
    claim.release()
    const file = scratch.file('cache/v1/claims/k')
    const own = one.claims.take('k', 'queued')
    const text = readFileSync(file, 'utf8')
    own?.release()
    // The same process with another start: the number was used again.
    const [host, pid, tid] = text.split('-') as [string, string, string]
    writeFileSync(file, `${host}-${pid}-${tid}-1-m running`)
    assert.ok(process.platform !== 'linux' || other.claims.take('k', 'running') !== undefined)
    // Of another machine nobody knows: it counts as long as it is heard of.
    writeFileSync(file, `elsewhere-${pid}-${tid}-1-m running`)
    assert.equal(other.claims.take('k', 'running'), undefined)
    utimesSync(file, Date.now() / 1_000 - 60, Date.now() / 1_000 - 60)
    assert.ok(other.claims.take('k', 'running') !== undefined)
  })

  it('goes on where a pack was torn by a writer that died', () => {
    using scratch = new Scratch()
    const writing = open(scratch)
    put(writing, 1, 'one')
    writing.flush()
    const [file] = files(scratch) as [string]
    const torn = writeRecord({ kind: KIND.entry, key: keyOf(2), stored: 1, payload: Buffer.alloc(100) })
    appendFileSync(file, torn.subarray(0, 150))
    const store = open(scratch)
    assert.deepEqual([get(store, 1), get(store, 2)], ['one', undefined])
    for (let n = 3; n < 10; n++) put(store, n, n)
    const other = open(scratch)
    for (let n = 3; n < 10; n++) assert.equal(get(other, n), n)
  })
})
