import assert from 'node:assert/strict'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'

import { PrintQueue } from '#manyhands/logs/print.js'
import { Spill } from '#manyhands/logs/spill.js'

/** A stream whose reader takes nothing until it is told to. */
class SlowStream extends Writable {
  taken = ''
  most = 0
  #go: () => void = () => {}
  #isOpen = false

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.most = Math.max(this.most, this.writableLength)
    const take = (): void => {
      this.taken += chunk.toString()
      setImmediate(done)
    }
    if (this.#isOpen) take()
    else this.#go = take
  }

  open(): void {
    this.#isOpen = true
    this.#go()
  }
}

const LINES = Array.from({ length: 300 }, (_, i) => `${i} ${'x'.repeat(100_000)}\n`)

describe('printing to a slow reader', () => {
  it('printing to a slow reader loses nothing, keeps the order, and fills no memory', async () => {
    const stream = new SlowStream()
    const queue = new PrintQueue(() => stream)
    for (const line of LINES) queue.print(line)
    assert.ok(stream.writableLength < 2_000_000, `${stream.writableLength} bytes wait in the stream`)
    stream.open()
    await queue.empty()
    queue.print('after')
    await new Promise<void>((resolve) => stream.end(resolve))
    assert.equal(stream.taken, `${LINES.join('')}after`)
    assert.ok(stream.most < 3_000_000, `${stream.most} bytes waited in the stream`)
  })

  it('output that there is no room for is dropped and counted', async () => {
    const warning = once(process, 'warning')
    const stream = new SlowStream()
    const queue = new PrintQueue(() => stream, new Spill(join(tmpdir(), 'there-is-no-such-folder')))
    for (const line of LINES) queue.print(line)
    assert.match(((await warning) as [Error])[0].message, /a temporary file cannot be written: ENOENT/)
    stream.open()
    await queue.empty()
    await new Promise<void>((resolve) => stream.end(resolve))
    const [, kept = '', dropped = ''] =
      /^(.*)\[([\d,]+) characters were printed and dropped[^\n]*\n$/s.exec(stream.taken) ?? []
    assert.ok(LINES.join('').startsWith(kept))
    assert.equal(kept.length + Number(dropped.replaceAll(',', '')), LINES.join('').length)
  })

  it('a print queue no longer waits when its reader is gone', { timeout: 60_000 }, async () => {
    const stream = new SlowStream()
    stream.on('error', () => {})
    const queue = new PrintQueue(() => stream)
    for (const line of LINES) queue.print(line)
    let isEmpty = false
    const empty = queue.empty().then(() => (isEmpty = true))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(isEmpty, false, 'the reader has taken nothing')
    stream.destroy(new Error('gone'))
    await empty
    assert.equal(stream.taken, '')
  })
})
