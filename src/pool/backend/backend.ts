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
  /** The most that an input or a result can have, in bytes; absent where memory is the only bound. */
  readonly maxBytes?: number
  /** Workers see changes of the caller's environment variables by themselves. */
  readonly liveEnvironment: boolean
  /**
   * Workers are on other machines, come and go by themselves, and have their own environment: how many there are the
   * caller neither says nor knows. Absent where the caller starts its own.
   */
  readonly remote?: boolean
  /** Tasks that travel together at most; where nothing is said here as many as suit a message between threads. */
  readonly maxBatch?: number
  /** How often a task runs again because its worker died, where nobody says; 1 where nothing is said here. */
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
  /** Bytes of memory that the worker takes, where that is known. */
  readonly memory?: number
}

/** What a worker's link tells the pool. */
export interface LinkEvents {
  frame(frame: WorkerFrame): void
  /**
   * The worker is gone; all that it sent has been delivered before. `running` are the items that it had begun and not
   * ended, if that is known.
   */
  exit(death: WorkerDeath, running: readonly RunningItem[] | undefined): void
  /** The worker wants to end: it shall get no more, and what it has not begun goes to others. */
  leaving(): void
}

/** Of a backend whose workers come and go by themselves: how many can be had. */
export interface WorkerRoom {
  /** Workers that could be started now. */
  readonly free: number
  /**
   * Somebody wants workers: until the returned function is called, `onRoom` is called whenever there may be some, and
   * `onError` where there cannot be any. While `hold` says so, wanting them keeps the process alive.
   */
  want(onRoom: () => void, onError: (error: Error) => void): WantedWorkers
}

/** Somebody who wants workers. */
export interface WantedWorkers {
  /** Work waits and there is no worker at all: keeps the process alive, and says so where it lasts. */
  wait(waits: boolean): void
  end(): void
}

/** The way to one worker. */
export interface WorkerLink {
  readonly pid: number | undefined
  /** The machine that the worker is on, where that may not be this one. */
  readonly host?: string | undefined
  send(frame: HostFrame, transfer?: readonly unknown[]): void
  /** What the worker does now, also when its own thread is blocked. */
  look(): Promise<WorkerView>
  /** Takes back the items of a batch that have not begun; resolves to how many have. */
  revoke(slot: number, batch: number): Promise<number>
  /** The worker keeps the host's process alive, or does not. */
  hold(keepAlive: boolean): void
  /** Ends the worker at once, whatever it does. `exit` follows. Idempotent. */
  kill(): void
}

/**
 * A way to run workers: it starts them and carries frames. Everything else — order, window, timeouts, retries, errors —
 * is done above it, and so holds on every backend.
 */
export interface Backend {
  readonly name: string
  readonly capabilities: Capabilities
  /** Where workers come and go by themselves; absent where as many can be started as are asked for. */
  readonly room?: WorkerRoom
  /** Bounds what waits in all pools that share its workers, where it does. */
  readonly slots?: QueueSlots | undefined
  /** The same for one pool, where the backend keeps count of what each has. */
  forPool?(): Backend
  /** Starts a worker. Throws, or reports `exit`, where none can be started. */
  start(spec: WorkerSpec, events: LinkEvents): WorkerLink
}
