import type { AroundCall } from '../task/task-call.ts'
import type { CallContexts } from '../util/caller-context.ts'
import { messageOf } from '../util/message-of.ts'
import { encodeThrown } from '../wire/codec/encode-thrown.ts'
import type { Beacon } from '../wire/protocol/beacon.ts'
import { type EnvFrame, type HostFrame, WIRE_VERSION } from '../wire/protocol/frames.ts'
import { Executor } from './batches/executor.ts'
import { FunctionTable } from './functions/function-table.ts'
import type { Transport } from './functions/prepare-function.ts'
import type { StallWatch } from './functions/stall-watch.ts'
import { RemoteCacheClient } from './remote-cache-client.ts'
import { type TaskScope, ScopeKeeper } from './scope/task-scope.ts'
import type { WorkerContext, WorkerAssignment } from './worker-context.ts'

/** The properties of the thread or process that a worker runs in. */
export interface WorkerEnvironment extends Transport {
  readonly beacon: Beacon
  /** Returns the memory that this worker uses, in bytes; absent if it has none of its own. */
  readonly memory?: () => number
  /** The host's own code runs in this thread, too. */
  readonly sharesThread: boolean
  /** Detects modules that never finish loading. Absent if the thread is not the worker's own. */
  readonly stalls?: StallWatch
  /** Wraps each call of a task. */
  readonly around?: AroundCall | undefined
  /** The contexts to call tasks in. */
  readonly contexts?: CallContexts | undefined
}

/**
 * A worker: receives the host's frames, runs batches, answers. The same in a thread, a process, and the host's thread.
 */
export class WorkerRuntime {
  readonly #context: WorkerContext
  readonly #functions: FunctionTable
  readonly #executor: Executor
  readonly #scopes: ScopeKeeper

  constructor(assignment: WorkerAssignment, environment: WorkerEnvironment) {
    const remoteCache = new RemoteCacheClient(assignment.port, environment.maxBytes)
    const context = { ...assignment, beacon: environment.beacon, remoteCache }
    this.#context = context
    this.#functions = new FunctionTable(context, environment, environment.stalls)
    this.#scopes = new ScopeKeeper(environment.sharesThread, (error, scope) => this.lateError(error, scope))
    this.#executor = new Executor(context, {
      functions: this.#functions,
      scopes: this.#scopes,
      memory: environment.memory,
      around: environment.around,
      contexts: environment.contexts,
      sharesThread: environment.sharesThread,
    })
  }

  /** Reports that the worker can take work. */
  announce(): void {
    this.#context.port.post({ type: 'ready', version: WIRE_VERSION, pid: process.pid })
  }

  receive(frame: HostFrame): void {
    switch (frame.type) {
      case 'batch':
        return this.#executor.accept(frame)
      case 'load':
        void this.#functions.load(frame).then(() => this.#executor.loaded())
        return
      case 'cancel':
        return this.#executor.cancel(frame)
      case 'resume':
        return this.#executor.resume(frame.group)
      case 'forget':
        this.#functions.unload(frame.fn).catch((error: unknown) => this.lateError(error))
        return
      case 'recalled':
        return this.#context.remoteCache.receive(frame)
      case 'env':
        return follow(frame)
      case 'close':
        void this.#close()
    }
  }

  /** Calls a function of the pool: its output and errors are not attributed to a task. */
  outside(fn: () => void): void {
    this.#scopes.outside(fn)
  }

  /** Takes an error that no call is waiting for. The task that it comes from fails, if it still runs. */
  lateError(error: unknown, scope?: TaskScope): void {
    if (scope !== undefined && this.#executor.fail(scope, error)) return
    const task =
      scope === undefined ? undefined : { fn: scope.batch.fn(scope.item).id, index: scope.batch.index(scope.item) }
    const encoded = encodeThrown(error)
    this.#context.port.post({ type: 'late-error', error: encoded, ...(task && { task }) })
  }

  async #close(): Promise<void> {
    try {
      await this.#functions.close()
    } catch (error) {
      this.lateError(error)
    }
    this.#context.port.post({ type: 'closed' })
  }
}

/** A worker that cannot follow the caller into a folder ends: what it ran there would go wrong. */
function follow({ env, cwd, umask }: EnvFrame): void {
  if (umask !== undefined) process.umask(umask)
  if (cwd !== undefined) enter(cwd)
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
}

function enter(folder: string): void {
  try {
    process.chdir(folder)
  } catch (error) {
    process.stderr.write(`a worker cannot follow the program: ${messageOf(error)}\n`)
    process.exit(1)
  }
}
