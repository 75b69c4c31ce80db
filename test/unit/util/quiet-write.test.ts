import assert from 'node:assert/strict'
import { PassThrough, Writable } from 'node:stream'
import { describe, it } from 'node:test'

import { quietly, writeQuietly } from '#manyhands/util/quiet-write.js'

/** A stream on a full disk: it goes on failing, as stdout does. */
class FullStream extends Writable {
  tried = 0

  override _write(_chunk: Buffer, _encoding: string, done: (error: Error) => void): void {
    this.tried++
    done(new Error('no space left'))
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    done(error)
    // oxlint-disable-next-line no-underscore-dangle -- what Node does with its own stdout
    ;(this as unknown as { _undestroy: () => void })._undestroy()
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('writing for people', () => {
  it('a stream that cannot be written to does not end the program', async () => {
    const stream = new FullStream()
    // The pipe of a worker thread throws an error again that no one else listens to.
    const thread = new PassThrough()
    thread.pipe(stream)
    for (let i = 0; i < 3; i++) {
      writeQuietly(stream, 'a')
      writeQuietly(stream, 'b')
      await turn()
      await turn()
    }
    assert.equal(stream.tried, 3)
    assert.equal(stream.listenerCount('error'), 0)
  })

  it('the program itself hears of errors of a stream that it listens to', async () => {
    const stream = new FullStream()
    const heard: string[] = []
    stream.on('error', (error) => heard.push(error.message))
    writeQuietly(stream, 'a')
    await turn()
    await turn()
    assert.deepEqual(heard, ['no space left'])
  })

  it('a stream that throws, or has ended, costs only the text', async () => {
    const ended = new PassThrough()
    ended.end()
    const throwing = {
      write() {
        throw new Error('closed')
      },
    } as unknown as NodeJS.WritableStream
    for (const stream of [ended, throwing]) writeQuietly(stream, 'a')
    await turn()
  })

  it('a view writes to its stream, and is like it', () => {
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
    const view = quietly(stream)
    view.write('text')
    stream.columns = 40
    assert.equal(String(stream.read()), 'text')
    assert.deepEqual([view.isTTY, view.columns], [true, 40])
  })
})
