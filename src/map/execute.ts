import { anyWrapped, cacheFor } from '../cache/cache-access.ts'
import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import type { Dispatcher } from '../pool/scheduling/dispatcher.ts'
import type { RunCache } from '../run/cache/run-cache.ts'
import { hostFor } from '../run/hosts/debug-host.ts'
import { defaultHost } from '../run/hosts/default-host.ts'
import { withFallback } from '../run/hosts/fallback.ts'
import type { RunHost } from '../run/hosts/run-host.ts'
import { Results } from '../run/outcomes/results.ts'
import { Run } from '../run/run.ts'
import type { Assignment } from '../run/source/input-chunk.ts'
import { capturesOutput, type RunCaching, startRun } from '../run/start-run.ts'
import type { StartedRun } from '../run/started-run.ts'
import { withDefaultSettings } from '../settings/defaults.ts'
import type { OnErrorWord, Replacement, RunOptions } from '../settings/run-options.ts'
import { isDebugged, readRunOptions, type RunSettings } from '../settings/run-settings.ts'
import { policyOf, isOfMedian } from '../task/failure-policy.ts'
import { isNested } from '../task/nesting.ts'
import { Task, type TaskType, typeOf } from '../task/task.ts'
import { checkInputs, type Items } from './check-inputs.ts'

type ResultOf<T> = T extends Task<infer R> ? R : never

/**
 * Runs tasks of any mix of types, in parallel: `execute([factorize(12345), resize('a.jpg')])`.
 *
 * Like `map` in everything else; the input of an error or a record is the task. A task's own `timeout`, `retries` and
 * `priority` come before those of the run.
 *
 * @throws {InvalidArgumentError} for unknown options, wrong values, and tasks that are not iterable.
 */
export function execute<T extends Task, const E extends OnErrorWord = 'throw', V = never>(
  tasks: Items<T>,
  options?: RunOptions<E, V>,
): Results<ResultOf<T> | Replacement<E, V>, T> {
  return executeOn(undefined, tasks, options) as Results<ResultOf<T> | Replacement<E, V>, T>
}

/** `execute` with a pool's workers, or with the process-wide ones. */
export function executeOn(pool: RunHost | undefined, tasks: unknown, options: unknown): Results<unknown> {
  pool?.open()
  checkInputs(tasks, 'tasks')
  const settings = withDefaultSettings(readRunOptions(options), pool?.own)
  // Its rows are of one function.
  if (settings.journal !== undefined)
    throw new InvalidArgumentError('journal', 'none here: only map has a journal', describeValue(settings.journal))
  const host = pool ?? defaultHost(settings)
  return new Results(
    new Run(settings, host, (run) =>
      withFallback(settings, hostFor(run, host), (on) => start(run, on, tasks, settings)),
    ),
  )
}

async function start(run: Run, host: RunHost, tasks: Items<unknown>, settings: RunSettings): Promise<StartedRun> {
  const dispatcher = await host.dispatcher()
  // Types are known only when the tasks are read.
  const parts = settings.cache !== undefined || anyWrapped() ? await import('../run/cache/run-caching.ts') : undefined
  const types = new TypeTable(host, dispatcher, settings, parts, (fn) => started.job.functions.add(fn))
  const started = startRun(run, host, dispatcher, {
    name: settings.name ?? 'execute',
    inputs: tasks,
    valueOf: (task) => (task as Task).args,
    spread: true,
    assign: (task) => types.assign(task),
    functions: [],
    perWorker: false,
    // Known only when the tasks are read.
    hasTimeouts: true,
    mixed: true,
    cache: parts && {
      parts,
      argsOf: ({ input }) => (input as Task).args,
      begin: (cache) => (types.cache = cache),
    },
  })
  return started
}

/** What each type of task needs, made when its first task is read. */
class TypeTable {
  readonly #host: RunHost
  readonly #dispatcher: Dispatcher
  readonly #settings: RunSettings
  readonly #caching: RunCaching['parts'] | undefined
  readonly #onFunction: (fn: PreparedFunction) => void
  readonly #known = new Map<TaskType, Assignment | Promise<Assignment>>()
  /** Keeps results of types that have a cache. */
  cache: RunCache | undefined

  constructor(
    host: RunHost,
    dispatcher: Dispatcher,
    settings: RunSettings,
    caching: RunCaching['parts'] | undefined,
    onFunction: (fn: PreparedFunction) => void,
  ) {
    this.#caching = caching
    this.#host = host
    this.#dispatcher = dispatcher
    this.#settings = settings
    this.#onFunction = onFunction
  }

  assign(task: unknown): Assignment | Promise<Assignment> {
    if (!(task instanceof Task))
      throw new InvalidArgumentError('tasks', 'tasks, such as task(fn)(…args)', describeValue(task))
    const type = typeOf(task)
    const known = this.#known.get(type)
    if (known !== undefined) return known
    const assignment = this.#make(type).then((ready) => {
      this.#known.set(type, ready)
      return ready
    })
    this.#known.set(type, assignment)
    return assignment
  }

  async #make(type: TaskType): Promise<Assignment> {
    const { share, copy, timeout, onEvent } = this.#settings
    const wrapped = cacheFor(type.fn, this.#settings.cache)
    const [fn] = await this.#host.prepare(wrapped?.fn ?? type.fn, {
      name: type.options.name,
      shareFrom: share === false ? undefined : share,
      capabilities: this.#dispatcher.options.backend.capabilities,
      announce: onEvent !== undefined,
      measure: isOfMedian(type.options.timeout ?? timeout),
      captureOutput: capturesOutput(this.#settings, this.#dispatcher),
      live: copy === false || isNested(),
      copy,
    })
    const use = fn as PreparedFunction
    this.#onFunction(use)
    const calls = wrapped && (await this.#caching?.keyedCalls(wrapped, { use, args: [] }))
    if (calls !== undefined) this.cache?.add(use, calls)
    const policy = policyOf(type.options, this.#settings)
    // A person at the prompt takes longer than any task may.
    return { fn: use, policy: isDebugged(this.#settings) ? { ...policy, timeout: undefined } : policy }
  }
}
