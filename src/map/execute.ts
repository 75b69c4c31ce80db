import { anyWrapped, cacheFor } from '../cache/cache-access.ts'
import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import type { RunCache } from '../run/cache/run-cache.ts'
import { defaultHost } from '../run/hosts/default-host.ts'
import type { RunHost } from '../run/hosts/run-host.ts'
import { Results } from '../run/outcomes/results.ts'
import type { Plan, Preparation, PreparedRun, Work, WorkCache } from '../run/plan.ts'
import { Run } from '../run/run.ts'
import type { Assignment } from '../run/source/input-chunk.ts'
import { inputEncoder, InputSource } from '../run/source/input-source.ts'
import { PrioritySource } from '../run/source/priority-source.ts'
import { withDefaultSettings } from '../settings/defaults.ts'
import type { OnErrorWord, Replacement, RunOptions } from '../settings/run-options.ts'
import { isDebugged } from '../settings/run-settings.ts'
import { readRunOptions, type RunSettings } from '../settings/run-settings.ts'
import { policyOf } from '../task/failure-policy.ts'
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
  // All rows of a journal belong to one function.
  if (settings.journal !== undefined)
    throw new InvalidArgumentError('journal', 'no journal: only map supports one', describeValue(settings.journal))
  return new Results(new Run(settings, pool ?? defaultHost(settings), new ExecutePlan(tasks, settings)))
}

/** Runs tasks of any mix of types, each known only when its first task is read. */
class ExecutePlan implements Plan {
  readonly #tasks: Items<unknown>
  readonly #settings: RunSettings

  constructor(tasks: Items<unknown>, settings: RunSettings) {
    this.#tasks = tasks
    this.#settings = settings
  }

  async prepare(preparation: Preparation): Promise<PreparedRun> {
    const { run, dispatcher } = preparation
    const settings = this.#settings
    const isCached = settings.cache !== undefined || anyWrapped()
    const parts = isCached ? await import('../run/cache/run-caching.ts') : undefined
    const types = new TypeTable(preparation, settings, parts)
    const source = new InputSource({
      inputs: this.#tasks,
      skip: undefined,
      assign: (task) => types.assign(task),
      valueOf: (task) => (task as Task).args,
      spread: true,
      encoder: inputEncoder(settings, dispatcher.options.backend.capabilities),
      window: run.window,
    })
    const work: Work = {
      dispatcher,
      source: new PrioritySource(source),
      functions: types.functions,
      bundles: 'mixed',
      // The timeouts of the tasks are not known yet.
      hasTimeouts: true,
      cache: parts && {
        parts,
        argsOf: ({ input }) => (input as Task).args,
        begin: (cache) => (types.cache = cache),
      },
    }
    return { name: settings.name ?? 'execute', works: [work], inputs: source }
  }
}

/** The prepared function and the policy of each type of task, made when its first task is read. */
class TypeTable {
  /** All functions that were prepared so far. */
  readonly functions: Set<PreparedFunction> = new Set()
  /** Looks up and stores the results of types that have a cache. */
  cache: RunCache | undefined
  readonly #prepareFunction: Preparation['prepareFunction']
  readonly #settings: RunSettings
  readonly #caching: WorkCache['parts'] | undefined
  readonly #known = new Map<TaskType, Assignment | Promise<Assignment>>()

  constructor({ prepareFunction }: Preparation, settings: RunSettings, caching: WorkCache['parts'] | undefined) {
    this.#prepareFunction = prepareFunction
    this.#settings = settings
    this.#caching = caching
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

  async #make({ fn, options }: TaskType): Promise<Assignment> {
    const settings = this.#settings
    const wrapped = cacheFor(fn, settings.cache)
    const { name, timeout = settings.timeout } = options
    const [prepared] = await this.#prepareFunction(wrapped?.fn ?? fn, { name, timeout })
    const use = prepared as PreparedFunction
    this.functions.add(use)
    const calls = wrapped && (await this.#caching?.keyedCalls(wrapped, { use, args: [] }))
    if (calls !== undefined) this.cache?.add(use, calls)
    const policy = policyOf(options, settings)
    // A person at the debugger's prompt takes longer than a timeout allows.
    return { fn: use, policy: isDebugged(settings) ? { ...policy, timeout: undefined } : policy }
  }
}
