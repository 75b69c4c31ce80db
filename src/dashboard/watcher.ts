import type { ServerResponse } from 'node:http'
import { constants, createGzip, type Gzip } from 'node:zlib'

import type { LiveMessages } from '../view/live/messages.ts'

/** Bytes that may wait for a slow reader; above them it is sent nothing. */
const MOST_WAITING = 2 ** 16

/** A page that is sent events over one response, as server-sent events. */
export class Watcher {
  readonly #response: ServerResponse
  readonly #gzip: Gzip | undefined
  /** False if it has missed changes: it needs the whole state. */
  isCurrent = false
  /** The turn of the attempts that it has. */
  attempts = 0

  constructor(response: ServerResponse, takesGzip: boolean) {
    this.#response = response
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      ...(takesGzip && { 'content-encoding': 'gzip' }),
    })
    if (takesGzip) {
      // Changes look like those before them.
      this.#gzip = createGzip()
      this.#gzip.pipe(response)
      // The other end may go at any time.
      this.#gzip.on('error', () => response.destroy())
    } else response.flushHeaders()
  }

  /** True if it still has to read what it was sent. */
  get isBehind(): boolean {
    return this.#response.writableLength + (this.#gzip?.writableLength ?? 0) > MOST_WAITING
  }

  send<Name extends keyof LiveMessages>(name: Name, message: LiveMessages[Name]): void {
    this.#write(`event: ${name}\ndata: ${JSON.stringify(message)}\n\n`)
  }

  /** Sends nothing that is shown, so that both sides learn if the other is gone. */
  ping(): void {
    this.#write(': still here\n\n')
  }

  end(): void {
    if (this.#gzip === undefined) this.#response.end()
    else this.#gzip.end()
  }

  #write(text: string): void {
    if (this.#gzip === undefined) return void this.#response.write(text)
    this.#gzip.write(text)
    this.#gzip.flush(constants.Z_SYNC_FLUSH)
  }
}
