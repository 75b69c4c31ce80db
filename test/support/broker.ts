import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A NATS server of a test's own: on a free port, with JetStream and a store in a folder that goes with it. */
export class Broker implements AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly #folder: string
  readonly #config: string
  #server: ChildProcess

  private constructor(port: number, folder: string, config: string) {
    this.port = port
    this.url = `nats://127.0.0.1:${port}`
    this.#folder = folder
    this.#config = config
    this.#server = this.#spawn()
  }

  /** `config`: more lines of the server's configuration; `limits`: of what JetStream may store. */
  static async start(config = '', jetStream = true, limits = ''): Promise<Broker> {
    const folder = mkdtempSync(join(tmpdir(), 'manyhands-broker-'))
    const port = await freePort()
    const store = jetStream ? `jetstream { store_dir: "${folder}/store", ${limits} }` : ''
    writeFileSync(join(folder, 'server.conf'), `listen: 127.0.0.1:${port}\n${store}\n${config}\n`)
    const broker = new Broker(port, folder, join(folder, 'server.conf'))
    await broker.#listens()
    return broker
  }

  get pid(): number {
    return this.#server.pid as number
  }

  /** Ends it as a power cut would end its process. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Starts it again on its port, with what it had stored, or without. */
  async restart({ forget = false } = {}): Promise<void> {
    if (forget) rmSync(join(this.#folder, 'store'), { recursive: true, force: true })
    this.#server = this.#spawn()
    await this.#listens()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #spawn(): ChildProcess {
    return spawn('nats-server', ['-c', this.#config], { stdio: 'ignore' })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#server.exitCode !== null || this.#server.signalCode !== null) return
    this.#server.kill(signal)
    await once(this.#server, 'exit')
  }

  async #listens(): Promise<void> {
    while (!(await accepts(this.port))) {
      if (this.#server.exitCode !== null) throw new Error(`nats-server ended with ${this.#server.exitCode}`)
    }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Whether somebody listens there; not at once where nobody does. */
export async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 10))
    return false
  } finally {
    socket.destroy()
  }
}
