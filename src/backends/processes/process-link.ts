import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

import type { WorkerDeath } from '../../errors/task-errors.ts'
import type { LinkEvents, WorkerLink, WorkerSpec, WorkerView } from '../../pool/backend/backend.ts'
import type { RunningItem } from '../../wire/protocol/beacon.ts'
import { compactHostFrame, expandWorkerMessage } from '../../wire/protocol/compact-frames.ts'
import type { HostFrame } from '../../wire/protocol/frames.ts'
import { LogMerger } from '../../wire/protocol/printed.ts'
import { inheritedOptions } from '../local-workers.ts'
import { encodeFrame, FrameReader } from './frame-codec.ts'
import { Heartbeat } from './heartbeat.ts'
import {
  endGroup,
  GROUP_OPTIONS,
  FROM_HOST,
  type ProcessMessage,
  type ProcessStart,
  TO_HOST,
  WATCHDOG,
} from './process-start.ts'
import { WatchdogClient } from './watchdog-client.ts'

/** Time to read the rest of its frames after a process has ended, in milliseconds. */
const DRAIN_MS = 20
/** Time for a worker process with closed pipes to end by itself, in milliseconds. */
const CLOSED_MS = 1_000
/** Most characters that are kept of what a process prints before it comes up. */
const MAX_COMPLAINT = 4_096
/** The words that V8 prints when it is out of memory. */
const OUT_OF_MEMORY = /heap out of memory|Allocation failed/

/** The link to one worker process: pipes for frames both ways, and one to the watchdog thread inside it. */
export class ProcessLink implements WorkerLink {
  readonly #child: ChildProcess
  readonly #nonce = randomInt(2 ** 32)
  readonly #events: LinkEvents
  readonly #watchdog: WatchdogClient
  readonly #heartbeat: Heartbeat
  readonly #reader: FrameReader
  readonly #printed: LogMerger
  #running: readonly RunningItem[] | undefined
  #outOfMemory = false
  #frozen = false
  /** True once it has come up: before that, silence is normal. */
  #up = false
  /** The output from before it came up: if it never does, the reason. */
  #complaint = ''
  #held = false
  #gone = false

  constructor(spec: WorkerSpec, events: LinkEvents, entry: URL, heartbeatTimeout: number) {
    this.#events = events
    const start: ProcessStart = { nonce: this.#nonce, id: spec.id, slot: spec.slot, concurrency: spec.concurrency }
    this.#child = spawnWorker(spec, entry, start)
    this.#printed = new LogMerger((frame) => events.frame(frame))
    this.#reader = new FrameReader(
      this.#nonce,
      (message) => this.#receive(message as ProcessMessage),
      (frame) => this.#printed.add(frame),
    )
    this.#watchdog = new WatchdogClient(this.#socket(WATCHDOG), this.#nonce, () => this.kill())
    this.#heartbeat = new Heartbeat(
      () => this.look(),
      heartbeatTimeout,
      () => this.#lost(),
    )
    this.#socket(FROM_HOST).on('error', () => {})
    this.#socket(TO_HOST)
      .on('data', (piece) => this.#read(piece))
      .on('error', () => {})
    for (const fd of [FROM_HOST, TO_HOST, WATCHDOG]) this.#socket(fd).on('close', () => this.#cutOff())
    this.#forward('stdout')
    this.#forward('stderr')
    this.#child.on('error', (cause) => this.#ended({ reason: 'exit', cause }))
    this.#child.on('exit', (code, signal) => this.#drain(this.#deathOf(code, signal)))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  send(frame: HostFrame): void {
    const socket = this.#socket(FROM_HOST)
    if (socket.destroyed) return
    socket.cork()
    for (const piece of encodeFrame(this.#nonce, compactHostFrame(frame))) socket.write(piece)
    socket.uncork()
  }

  look(): Promise<WorkerView> {
    return this.#watchdog.ask({ ask: 'look' }) as Promise<WorkerView>
  }

  revoke(slot: number, batch: number): Promise<number> {
    return this.#watchdog.ask({ ask: 'revoke', slot, batch }) as Promise<number>
  }

  hold(keepAlive: boolean): void {
    this.#held = keepAlive
    this.#watch()
    const handles = [this.#child, ...this.#child.stdio.slice(1)] as unknown as { ref(): void; unref(): void }[]
    for (const handle of handles) {
      if (keepAlive) handle.ref()
      else handle.unref()
    }
  }

  kill(): void {
    if (this.#child.pid !== undefined && !this.#gone) endGroup(this.#child.pid)
  }

  #socket(fd: number): Socket {
    return this.#child.stdio[fd] as Socket
  }

  #receive(message: ProcessMessage): void {
    if (!this.#up) {
      this.#up = true
      this.#watch()
    }
    // Output from before this message comes first.
    this.#printed.flush()
    if ('type' in message && message.type === 'exiting') this.#running = message.running
    else this.#events.frame(expandWorkerMessage(message))
  }

  #watch(): void {
    if (this.#held && this.#up && !this.#gone) this.#heartbeat.start()
    else this.#heartbeat.rest()
  }

  /** Called when a pipe closes: the process ends, or a task has closed the pool's descriptor, and it cannot be reached. */
  #cutOff(): void {
    if (!this.#gone) setTimeout(() => this.kill(), CLOSED_MS).unref()
  }

  /** Called when the process was frozen from outside, or hangs so badly that its watchdog does, too. */
  #lost(): void {
    this.#frozen = true
    this.kill()
  }

  #read(piece: Buffer): void {
    try {
      this.#reader.push(piece)
      this.#printed.flush()
    } catch {
      // A task wrote to the pool's own channel: nothing that comes from there can be trusted any more.
      this.kill()
    }
  }

  /** Forwards output that does not go through the console: of native code, and of processes that a task starts. */
  #forward(name: 'stdout' | 'stderr'): void {
    const stream = this.#child[name] as Readable
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      if (name === 'stderr' && OUT_OF_MEMORY.test(text)) this.#outOfMemory = true
      if (!this.#up) this.#complaint = (this.#complaint + text).slice(-MAX_COMPLAINT)
      this.#events.frame({ type: 'log', stream: name, level: 'write', text, time: Date.now() })
    })
  }

  #deathOf(exitCode: number | null, signal: NodeJS.Signals | null): WorkerDeath {
    if (this.#frozen) return { reason: 'heartbeat' }
    if (this.#outOfMemory) return { reason: 'oom', signal: signal ?? undefined }
    if (signal !== null) return { reason: 'signal', signal }
    return { reason: 'exit', exitCode: exitCode ?? undefined }
  }

  /** Reads the rest of the pipe. Its end may never come, if a process that a task started holds it, too. */
  #drain(death: WorkerDeath): void {
    this.kill()
    const channel = this.#socket(TO_HOST)
    const done = (): void => this.#ended(death)
    if (channel.readableEnded || channel.destroyed) return done()
    let timer = setTimeout(done, DRAIN_MS)
    channel.on('data', () => {
      clearTimeout(timer)
      timer = setTimeout(done, DRAIN_MS)
    })
    channel.on('close', () => {
      clearTimeout(timer)
      done()
    })
  }

  #ended(death: WorkerDeath): void {
    if (this.#gone) return
    this.#gone = true
    for (const stream of this.#child.stdio) stream?.destroy()
    this.#watchdog.close()
    this.#heartbeat.stop()
    const cause = this.#up || death.reason !== 'exit' ? undefined : (death.cause ?? reasonIn(this.#complaint, death))
    this.#events.exit(cause === undefined ? death : { ...death, cause }, this.#running)
  }
}

/** Finds the error in what a process printed before it ended. */
function reasonIn(text: string, death: WorkerDeath): Error | undefined {
  const lines = text.split('\n').map((line) => line.trim())
  const line = lines.find((one) => /^(?:\w+ )?\w*Error\b/.test(one)) ?? lines.findLast((one) => one !== '')
  return line === undefined ? undefined : new Error(`it exited with code ${death.exitCode ?? 'unknown'}: ${line}`)
}

function spawnWorker(spec: WorkerSpec, entry: URL, start: ProcessStart): ChildProcess {
  const child = spawn(process.execPath, [...nodeOptions(spec), fileURLToPath(entry), JSON.stringify(start)], {
    ...GROUP_OPTIONS,
    env: { ...process.env, ...withoutInspector(process.env['NODE_OPTIONS']), ...spec.env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  // Without descriptors there are no pipes, although the types say so, and an error event follows.
  if ((child.stdio as unknown) !== undefined) return child
  child.on('error', () => {})
  throw new Error('the system has no file descriptors left (EMFILE)')
}

/** Takes the inspector out of `NODE_OPTIONS`: its port is taken, and a worker would wait for a debugger. */
export function withoutInspector(options: string | undefined): NodeJS.ProcessEnv {
  if (options === undefined) return {}
  return { NODE_OPTIONS: options.replaceAll(/(?<!\S)--inspect(?:-brk|-port|-wait)?(?:=\S*)?(?!\S)/g, '') }
}

/** The options that a worker process's Node gets: those of this process, or the pool's own, and its limits. */
function nodeOptions(spec: WorkerSpec): string[] {
  return [...(spec.execArgv ?? inheritedOptions()), ...limitOptions(spec.resourceLimits ?? {})]
}

function limitOptions(limits: NonNullable<WorkerSpec['resourceLimits']>): string[] {
  const { maxOldGenerationSizeMb, maxYoungGenerationSizeMb, stackSizeMb } = limits
  return [
    ...(maxOldGenerationSizeMb === undefined ? [] : [`--max-old-space-size=${maxOldGenerationSizeMb}`]),
    ...(maxYoungGenerationSizeMb === undefined
      ? []
      : [`--max-semi-space-size=${Math.max(1, Math.floor(maxYoungGenerationSizeMb / 3))}`]),
    ...(stackSizeMb === undefined ? [] : [`--stack-size=${Math.floor(stackSizeMb * 1024)}`]),
  ]
}
