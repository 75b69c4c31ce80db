import type { WorkerDeath } from '../../errors/task-errors.ts'
import type { AroundCall } from '../../task/task-call.ts'
import type { RunningItem, StagedResult } from '../../wire/protocol/beacon.ts'
import type { HostFrame, WorkerFrame } from '../../wire/protocol/frames.ts'
import type { QueueSlots } from './queue-slots.ts'

/** What a backend can do. Shared code asks these, never a backend's name. */
export interface Capabilities {
  /** Memory made by `shared()` is seen by workers; elsewhere they get a private copy. */
  readonly sharedMemory: boolean
  /** Values marked with `move()` are handed over; elsewhere they are copied. */
  readonly transfer: boolean
  /** A task that blocks can be stopped. */
  readonly stopsBlocked: boolean
  /** A crash (a segfault, `abort`, running out of memory) costs a worker, never the host. */
  readonly isolated: boolean
  /** `resourceLimits` and `maxMemory` are enforced while a task runs. */
  readonly limitsMemory: boolean
  /** Workers do what the host's thread does not: more than one makes sense. */
  readonly parallel: boolean
  /** Functions by value are accepted. */
  readonly closures: boolean
  /** The most that an input or a result can have, in bytes; absent if memory is the only bound. */
  readonly maxBytes?: number
  /** Workers see changes of the caller's environment variables by themselves. */
  readonly liveEnvironment: boolean
  /**
   * Workers are on other machines, come and go by themselves, and have their own environment. The caller neither
   * chooses nor knows how many there are. Absent if the pool starts its own.
   */
  readonly remote?: boolean
  /** The most tasks that travel together. Default: what suits a message between threads. */
  readonly maxBatch?: number
  /** How often a task runs again because its worker died, if its run does not say. Default: 1. */
  readonly workerDeaths?: number
}

/** What a worker is started with. */
export interface WorkerSpec {
  readonly id: number
  readonly slot: number
  /** Most items in flight at once. */
  readonly concurrency: number
  /** Variables added to the caller's environment. */
  readonly env: Readonly<Record<string, string>> | undefined
  /** Node options of the worker instead of the caller's. */
  readonly execArgv: readonly string[] | undefined
  readonly resourceLimits: Readonly<ResourceLimits> | undefined
  /** Stands around each call of a task; only for a worker in the host's own thread. */
  readonly around?: AroundCall
}

/** Limits of V8 for one worker, in MiB. */
export interface ResourceLimits {
  readonly maxOldGenerationSizeMb?: number
  readonly maxYoungGenerationSizeMb?: number
  readonly codeRangeSizeMb?: number
  readonly stackSizeMb?: number
}

/** What a worker does now. */
export interface WorkerView {
  readonly running: readonly RunningItem[]
  /** Finished plain results that have not been sent. */
  readonly staged: readonly StagedResult[]
  /** Bytes of memory that the worker takes, if that is known. */
  readonly memory?: number
}

/**
 * What a worker's link tells the pool. The link calls these from the event loop, never while `start`, `send` or another
 * method of its own runs. After `exit` it tells at most of errors that tasks left behind.
 */
export interface LinkEvents {
  /** A frame of the worker, in the order in which they were sent. */
  frame(frame: WorkerFrame): void
  /**
   * The worker is gone. Called once, after all frames that it sent. `running` are the items that it had begun and not
   * ended, if that is known.
   */
  exit(death: WorkerDeath, running: readonly RunningItem[] | undefined): void
  /** The worker is about to end. It is given no more, and what it has not begun goes to other workers. */
  leaving(): void
}

/** Tells of a backend whose workers come and go by themselves how many can be had. */
export interface WorkerRoom {
  /** Workers that could be started now. */
  readonly free: number
  /**
   * Called when there is work, until `end` of what it returns: `onRoom` is then called each time there may be a worker,
   * and `onError` once if there will be none.
   */
  want(onRoom: () => void, onError: (error: Error) => void): WantedWorkers
}

/** Workers that a pool waits for. */
export interface WantedWorkers {
  /** `waits`: there is work and no worker at all. Then this keeps the process alive, and warns if that lasts. */
  wait(waits: boolean): void
  /** There is no work any more. */
  end(): void
}

/** The way to one worker. The pool calls its methods, also after `kill` and until `exit`: then they do nothing. */
export interface WorkerLink {
  readonly pid: number | undefined
  /** The machine that the worker is on, if that may not be this one. */
  readonly host?: string | undefined
  /**
   * Sends a frame. Frames arrive in the order in which they were sent. `transfer`: buffers that are handed over, if the
   * backend's `transfer` is true. Throws if a value cannot be sent; then nothing was.
   */
  send(frame: HostFrame, transfer?: readonly unknown[]): void
  /** Resolves to what the worker does now, also while its own thread is blocked. May never settle if the worker ends. */
  look(): Promise<WorkerView>
  /** Takes back the items of a batch that have not begun. Resolves to how many have. */
  revoke(slot: number, batch: number): Promise<number>
  /** Makes the worker keep the host's process alive, or lets the process end without it. */
  hold(keepAlive: boolean): void
  /** Ends the worker at once, whatever it does. `exit` follows. Idempotent. */
  kill(): void
}

/**
 * A way to run workers: it starts them and carries frames. Everything else (order, window, timeouts, retries, errors) is
 * done above it, and so holds on every backend.
 */
export interface Backend {
  readonly name: string
  readonly capabilities: Capabilities
  /** How many workers can be had, if they come and go by themselves; absent if the pool may start as many as it wants. */
  readonly room?: WorkerRoom
  /** Bounds the tasks that wait in all pools that share its workers; absent if there is no such bound. */
  readonly slots?: QueueSlots | undefined
  /** Returns the backend for one pool. Implemented if the backend counts what each pool has. */
  forPool?(): Backend
  /**
   * Starts a worker, and returns the way to it at once: frames that are sent before it is up wait. Throws, or calls
   * `events.exit`, if none can be started.
   */
  start(spec: WorkerSpec, events: LinkEvents): WorkerLink
}
