import { type ChildProcess, spawn } from 'node:child_process'

const LONGEST_MS = 60_000

/** What a command did. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A command that has been started, in a process group of its own. */
export class Running {
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  #stdout = ''
  #stderr = ''
  #onOutput = (): void => {}

  constructor(file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv, input: string | undefined) {
    this.#child = spawn(file, args, { cwd, env, detached: process.platform !== 'win32', stdio: 'pipe' })
    const { stdin, stdout, stderr } = this.#child
    stdin?.on('error', () => {})
    stdin?.end(input ?? '')
    stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
      this.#onOutput()
    })
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
      this.#onOutput()
    })
    const timer = setTimeout(() => this.signal('SIGKILL'), LONGEST_MS)
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', (code, signal) => {
        clearTimeout(timer)
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr })
        this.#onOutput()
      })
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Resolves when the text has been printed. */
  async prints(text: string): Promise<void> {
    let isOver = false
    const over = this.ended.then(() => (isOver = true))
    while (!`${this.#stdout}${this.#stderr}`.includes(text)) {
      if (isOver) throw new Error(`it ended without "${text}":\n${this.#stdout}\n${this.#stderr}`)
      await Promise.race([over, new Promise<void>((resolve) => (this.#onOutput = resolve))])
    }
  }

  /** What it has printed so far. */
  printed(): { readonly stdout: string; readonly stderr: string } {
    return { stdout: this.#stdout, stderr: this.#stderr }
  }

  /** Sends a signal to the command alone, as `kill` does. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Sends a signal to the command and all that it started, as a terminal does. */
  signalAll(name: NodeJS.Signals): void {
    if (this.#child.exitCode === null) process.kill(-(this.pid as number), name)
  }
}
