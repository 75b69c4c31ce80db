import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

/** Says what a NATS server would say at first, gives one answer to who connects, and nothing else. */
export class FakeBroker implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Clients that said who they are. */
  greeted = 0

  private constructor(info: object, answer: string) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.write(`INFO ${JSON.stringify(info)}\r\n`)
      socket.on('data', (data) => {
        if (!data.includes('CONNECT')) return
        this.greeted++
        socket.write(`${answer}\r\n`)
      })
    })
  }

  static async start(info: object, answer: string, port = 0): Promise<FakeBroker> {
    const broker = new FakeBroker(info, answer)
    broker.#server.listen(port, '127.0.0.1')
    await once(broker.#server, 'listening')
    return broker
  }

  get url(): string {
    return `nats://127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
