import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A worker of another system, in a process of its own: it says when it is ready. */
export class Helper {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** `file`: beside this one. */
  static async start(file: string, ...args: readonly string[]): Promise<Helper> {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), [...args])
    const [said] = await Promise.race([once(child, 'message'), once(child, 'exit')])
    if (said !== 'ready') throw new Error(`${file} ended with ${String(said)}`)
    return new Helper(child)
  }

  static startAll(count: number, file: string, ...args: readonly string[]): Promise<Helper[]> {
    return Promise.all(Array.from({ length: count }, () => Helper.start(file, ...args)))
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}
