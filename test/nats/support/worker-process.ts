import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../../dist/cli/main.js', import.meta.url))
const TASKS = fileURLToPath(new URL('../tasks.js', import.meta.url))

type Event = Readonly<Record<string, unknown>>

/** Workers as users start them: `manyhands worker` in a process of its own. */
export class WorkerProcess implements AsyncDisposable {
  readonly events: Event[] = []
  readonly #child: ChildProcess
  readonly #onEvent = new Set<() => void>()

  private constructor(before: readonly string[], server: string, args: readonly string[], more: NodeJS.ProcessEnv) {
    const env = { ...process.env, NATS_URL: 'nats://no.such.host', ...more }
    const [program = '', ...rest] = [...before, process.execPath, MAIN, 'worker', '--json', '--server', server, ...args]
    this.#child = spawn(program, rest, { env, stdio: ['ignore', 'ignore', 'pipe'] })
    this.#child.once('close', () => this.#wake())
    createInterface({ input: this.#child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      if (!line.startsWith('{')) return
      this.events.push(JSON.parse(line) as Event)
      this.#wake()
    })
  }

  #wake(): void {
    for (const listener of this.#onEvent) listener()
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  static async start(server: string, ...args: readonly string[]): Promise<WorkerProcess> {
    const worker = WorkerProcess.begin(server, ...args)
    await worker.told('ready')
    return worker
  }

  /** The same, without waiting until it is connected. */
  static begin(server: string, ...args: readonly string[]): WorkerProcess {
    return WorkerProcess.beginAt([], server, args)
  }

  /** The same, by a command that comes before, as on a machine of its own, and with more in its environment. */
  static beginAt(
    before: readonly string[],
    server: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): WorkerProcess {
    const modules = args.some((arg) => arg.endsWith('.js')) ? [] : [TASKS]
    return new WorkerProcess(before, server, [...args, ...modules], env)
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** Resolves when it has told of something so often; rejects where it ends before. */
  async told(type: string, times = 1): Promise<void> {
    const isTold = (): boolean => this.events.filter((event) => event['type'] === type).length >= times
    while (!isTold()) {
      if (this.#hasEnded) throw new Error(`it ended, and had told ${JSON.stringify(this.events)}`)
      await new Promise<void>((resolve) => {
        const listener = (): void => {
          this.#onEvent.delete(listener)
          resolve()
        }
        this.#onEvent.add(listener)
      })
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async ended(): Promise<number | NodeJS.Signals | null> {
    if (!this.#hasEnded) await once(this.#child, 'exit')
    return this.#child.exitCode ?? this.#child.signalCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGCONT')
    this.signal('SIGKILL')
    await this.ended()
  }
}
