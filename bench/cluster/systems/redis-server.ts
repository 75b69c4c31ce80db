import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { accepts, freePort } from '../../../test/support/broker.ts'

/** A Redis server of a benchmark's own, on a free port; it keeps nothing on disk, which is the quickest it can be. */
export class RedisServer {
  readonly port: number
  readonly #server: ChildProcess
  readonly #folder: string

  private constructor(port: number) {
    this.port = port
    this.#folder = mkdtempSync(join(tmpdir(), 'manyhands-redis-'))
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    this.#server = spawn('redis-server', args, { cwd: this.#folder, stdio: 'ignore' })
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort())
    while (!(await accepts(server.port))) {
      if (server.#server.exitCode !== null) throw new Error(`redis-server ended with ${server.#server.exitCode}`)
    }
    return server
  }

  async end(): Promise<void> {
    this.#server.kill('SIGKILL')
    if (this.#server.exitCode === null && this.#server.signalCode === null) await once(this.#server, 'exit')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
