import type { WorkerDeath } from '../../errors/task-errors.ts'
import type { AroundCall } from '../../task/task-call.ts'
import type { CallContexts } from '../../util/caller-context.ts'
import type { RunningItem, StagedResult } from '../../wire/protocol/beacon.ts'
import type { HostFrame, WorkerFrame } from '../../wire/protocol/frames.ts'
import type { QueueSlots } from './queue-slots.ts'

/** The capabilities of a backend. Shared code asks these, never a backend's name. */
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
  /** Tasks run beside the host's thread, so more than one worker makes sense. */
  readonly parallel: boolean
  /** Functions by value are accepted. */
  readonly closures: boolean
  /** Largest input or result, in bytes; absent if memory is the only bound. */
  readonly maxBytes?: number
  /** Workers see changes of the caller's environment variables by themselves. */
  readonly liveEnvironment: boolean
  /**
   * Workers are on other machines, come and go by themselves, and have their own environment. The caller neither
   * chooses nor knows how many there are. Absent if the pool starts its own.
   */
  readonly remote?: boolean
  /** Most tasks in one message. Default: 1024. */
  readonly maxBatch?: number
  /** Times that a task runs again because its worker died, unless its run sets them. Default: 1. */
  readonly workerDeaths?: number
}

/** The settings of a worker at its start. */
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
  /** Wraps each call of a task; only for a worker in the host's own thread. */
  readonly around?: AroundCall
  /** The async contexts to call tasks in; only for a worker in the host's own thread. */
  readonly contexts?: CallContexts
}

/** Limits of V8 for one worker, in MiB. */
export interface ResourceLimits {
  readonly maxOldGenerationSizeMb?: number
  readonly maxYoungGenerationSizeMb?: number
  readonly codeRangeSizeMb?: number
  readonly stackSizeMb?: number
}

/** The state of a worker at one moment. */
export interface WorkerView {
  readonly running: readonly RunningItem[]
  /** Finished plain results that have not been sent. */
  readonly staged: readonly StagedResult[]
  /** Bytes of memory that the worker takes, if that is known. */
  readonly memory?: number
}

/**
 * Callbacks of the pool for a worker's link. The link calls these from the event loop, never while `start`, `send` or
 * another of its methods runs. After `exit` it passes at most frames with late errors of tasks.
 */
export interface LinkEvents {
  /** A frame of the worker, in the order in which they were sent. */
  frame(frame: WorkerFrame): void
  /**
   * Called once when the worker has ended, after all frames that it sent. `running` are the items that it had begun and
   * not finished, if they are known.
   */
  exit(death: WorkerDeath, running: readonly RunningItem[] | undefined): void
  /** Called when the worker is about to end. It gets no more items, and those not begun go to other workers. */
  leaving(): void
}

/** Tells a pool when there are workers, on a backend whose workers come and go by themselves. */
export interface WorkerRoom {
  /** Workers that could be started now. */
  readonly free: number
  /**
   * Called by the pool when there is work. Until `end` of the result is called, the backend calls `onRoom` each time there
   * may be a worker, and `onError` once if there will be none.
   */
  want(onRoom: () => void, onError: (error: Error) => void): WantedWorkers
}

/** Workers that a pool waits for. */
export interface WantedWorkers {
  /** With `waits` there is work and no worker at all: keeps the process alive, and warns if that lasts. */
  wait(waits: boolean): void
  /** Called when there is no work any more. */
  end(): void
}

/** The connection to one worker. The pool may call its methods after `kill`, until `exit`: then they do nothing. */
export interface WorkerLink {
  readonly pid: number | undefined
  /** The machine that the worker is on, if that may not be this one. */
  readonly host?: string | undefined
  /**
   * Sends a frame. Frames arrive in the order in which they were sent. `transfer`: buffers that are handed over, if the
   * backend's `transfer` is true. Throws if a value cannot be sent; then nothing of the frame was sent.
   */
  send(frame: HostFrame, transfer?: readonly unknown[]): void
  /** Resolves to the worker's state, also while its thread is blocked. May never settle if the worker ends. */
  look(): Promise<WorkerView>
  /** Revokes the items of a batch that have not begun. Resolves to the number of those that have. */
  revoke(slot: number, batch: number): Promise<number>
  /** Makes the worker keep the host's process alive, or lets the process end without it. */
  hold(keepAlive: boolean): void
  /** Ends the worker at once, even if it is blocked. `exit` follows. Idempotent. */
  kill(): void
}

/**
 * A way to run workers: it starts them and carries frames. Everything else (order, window, timeouts, retries, errors) is
 * done above it, and so is the same on every backend.
 */
export interface Backend {
  readonly name: string
  readonly capabilities: Capabilities
  /** The workers that can be had, if they come and go by themselves; absent if the pool may start any number. */
  readonly room?: WorkerRoom
  /** Bounds the tasks that wait in all pools that share its workers; absent if there is no such bound. */
  readonly slots?: QueueSlots | undefined
  /** Returns the backend for one pool. Implemented if the backend keeps counts of each pool. */
  forPool?(): Backend
  /**
   * Starts a worker, and returns its link at once: frames that are sent before it is up wait. Throws, or calls
   * `events.exit`, if it cannot be started.
   */
  start(spec: WorkerSpec, events: LinkEvents): WorkerLink
}
