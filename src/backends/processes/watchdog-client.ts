import type { Socket } from 'node:net'

import { encodeFrame, FrameReader } from './frame-codec.ts'
import type { WatchdogReply, WatchdogRequest } from './process-start.ts'

type Question = WatchdogRequest extends infer R ? (R extends unknown ? Omit<R, 'id'> : never) : never

/** Asks the watchdog thread of a worker process, which answers while the process's own thread is blocked. */
export class WatchdogClient {
  readonly #socket: Socket
  readonly #nonce: number
  readonly #open = new Map<number, (answer: unknown) => void>()
  #lastId = 0

  /** `onBroken` is called if the pipe carries bytes that are not the watchdog's. */
  constructor(socket: Socket, nonce: number, onBroken: () => void) {
    this.#socket = socket
    this.#nonce = nonce
    const reader = new FrameReader(nonce, (message) => {
      const { id, answer } = message as WatchdogReply
      this.#open.get(id)?.(answer)
      this.#open.delete(id)
    })
    socket.on('data', (piece) => {
      try {
        reader.push(piece)
      } catch {
        onBroken()
      }
    })
    socket.on('error', () => {})
  }

  /** Resolves to the answer. Never settles if the process is gone, since its end was reported already. */
  ask(question: Question): Promise<unknown> {
    return new Promise((resolve) => {
      const id = ++this.#lastId
      this.#open.set(id, resolve)
      if (this.#socket.destroyed) return
      for (const piece of encodeFrame(this.#nonce, { ...question, id })) this.#socket.write(piece)
    })
  }

  close(): void {
    this.#open.clear()
  }
}
