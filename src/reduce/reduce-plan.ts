import type { TaskError } from '../errors/task-errors.ts'
import { UnreadableRowError } from '../errors/task-errors.ts'
import type { Items } from '../map/check-inputs.ts'
import type { Backend } from '../pool/backend/backend.ts'
import { hostEncoder } from '../pool/functions/host-encoder.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import { refusalOf } from '../pool/outcomes/refusal.ts'
import { failureOf } from '../pool/outcomes/task-failure.ts'
import { RowSupply } from '../rows/row-supply.ts'
import type { Plan, Preparation, PreparedRun, RunContext } from '../run/plan.ts'
import { parsedRows, UnreadableInput } from '../run/source/parsed-rows.ts'
import { fromRecipe } from '../task/capture/reference/recipe.ts'
import { policyOf } from '../task/failure-policy.ts'
import { hostClasses } from '../task/register-class.ts'
import { itemOf } from './input-errors.ts'
import { ArrayReader } from './inputs/array-reader.ts'
import { type ReaderOptions, StretchReader } from './inputs/stretch-reader.ts'
import { codeOf } from './kept/reduction-code.ts'
import { ReductionKeeper } from './kept/reduction-keeper.ts'
import type { ReduceSettings } from './reduce-options.ts'
import type { CheckedReducer } from './reducer.ts'
import type { FailureMode, ReductionListener } from './reduction-options.ts'
import { Reduction } from './reduction.ts'
import { Segments } from './segments.ts'
import { StretchSizer } from './stretch-sizer.ts'
import { makeReducer } from './worker/make-reducer.ts'
import { MAX_STRETCH } from './worker/messages.ts'
import type { ReducerData } from './worker/parts.ts'

/** Stretches that are read for each worker: one is added, one waits. */
const STRETCHES_PER_WORKER = 2
/** Workers that the window is made for if they are on other machines, where their number is not known. */
const FAR_WORKERS = 16
/** Calls on other machines while it is not known how long they take: a queue there would be filled with short ones. */
const FAR_AT_FIRST = 8
/** Inputs of the largest stretch that the usual window is made for. */
const INPUTS_PER_STRETCH = 8_192
/** The bytes of a window, divided by those of all its stretches and half as many again. */
const WINDOW_BYTES = 64 * 1024 * 1024

/** The facts that a plan needs of the call that it is made for. */
export interface PlanFacts {
  /** The value is handed on with the failures. */
  readonly isSettled: boolean
  readonly calledAt: Error
  readonly listener?: ReductionListener | undefined
}

/** The part of a reduction that differs from other runs. */
export class ReducePlan implements Plan {
  readonly #inputs: Items<unknown>
  readonly #reducer: CheckedReducer
  readonly #settings: ReduceSettings
  readonly #isSettled: boolean
  readonly #calledAt: Error
  readonly #listener: ReductionListener | undefined

  constructor(
    inputs: Items<unknown>,
    reducer: CheckedReducer,
    settings: ReduceSettings,
    { isSettled, calledAt, listener }: PlanFacts,
  ) {
    this.#inputs = inputs
    this.#reducer = reducer
    this.#settings = settings
    this.#isSettled = isSettled
    this.#calledAt = calledAt
    this.#listener = listener
  }

  async prepare(preparation: Preparation): Promise<PreparedRun> {
    const { run, host, dispatcher, prepareFunction } = preparation
    const { skip, grain, batch = 'auto', window } = this.#settings
    const { backend } = dispatcher.options
    dispatcher.warmUp(1)
    const fn = await this.#prepareFunction(prepareFunction)
    const usual = host.workers === Infinity ? FAR_WORKERS : host.workers
    const workers = Math.max(1, Math.min(host.workers, this.#settings.workers ?? usual))
    if (window === undefined)
      run.window.atLeast(STRETCHES_PER_WORKER * workers * Math.max(INPUTS_PER_STRETCH, grain ?? 0))
    const share = Math.max(1, Math.floor(run.window.maxItems / (STRETCHES_PER_WORKER * workers)))
    const fixed = batch === 'auto' ? undefined : Math.min(batch, MAX_STRETCH)
    const keeper = await this.#keeper(preparation)
    // An accumulator in a journal stands for the inputs of one call.
    const segments = keeper === undefined ? this.#segments(backend, workers) : undefined
    const sizer = new StretchSizer({
      grain,
      fixed,
      most: Math.min(MAX_STRETCH, share),
      // Each worker has a segment of its own.
      workers: segments === undefined ? workers : 1,
      isContinued: segments !== undefined,
    })
    const source: { reduction?: Reduction } = {}
    const common = {
      skip,
      encoder: this.#encoder(backend),
      window: run.window,
      // A kept accumulator stands for one leaf.
      next: (leaf: number, remaining: number | undefined) =>
        keeper !== undefined && grain !== undefined ? { leaves: 1, inputs: grain } : sizer.next(leaf, remaining),
      maxBytes: window === undefined ? WINDOW_BYTES / (STRETCHES_PER_WORKER * workers * 1.5) : Infinity,
      refuse: refusal(fn),
    }
    const inputs = this.#inputs instanceof RowSupply ? parsedRows(this.#inputs, undefined) : this.#inputs
    const reader =
      segments === undefined
        ? new StretchReader({
            ...common,
            ...(keeper?.inputs(inputs) ?? { inputs }),
            grain,
            wake: () => source.reduction?.wake(),
          })
        : new ArrayReader({ ...common, inputs: this.#inputs as readonly unknown[], segments })
    const reduction = this.#reduction({ run, fn, sizer, reader, backend, segments, listener: keeper ?? this.#listener })
    source.reduction = reduction
    return {
      name: fn.name,
      works: [
        {
          dispatcher,
          source: reduction,
          sinkBefore: (target) => reduction.to(target),
          functions: new Set([fn]),
          hasTimeouts: this.#settings.timeout !== undefined,
        },
      ],
      inputs: {
        outputs: 1,
        get read() {
          return reader.read
        },
        get exhausted() {
          return reader.isRead
        },
        get skipped() {
          return reader.skipped
        },
        get size() {
          return reader.size
        },
      },
      counts: {
        cached: 0,
        get done() {
          return reduction.done
        },
        get failed() {
          return reduction.failed
        },
      },
    }
  }

  /**
   * Returns the segments of an array: each worker adds neighbouring inputs, and keeps its accumulator. Undefined for other
   * inputs, which are read once, in order, and if calls have to wait in their worker, or run beside each other there.
   */
  #segments({ capabilities }: Backend, workers: number): Segments | undefined {
    const { grain, copy, concurrency = 1 } = this.#settings
    const isQuick = capabilities.parallel && capabilities.remote !== true && concurrency === 1
    if (!isQuick || grain !== undefined || copy === false || !Array.isArray(this.#inputs)) return undefined
    return new Segments(this.#inputs.length, workers)
  }

  async #prepareFunction(prepareFunction: Preparation['prepareFunction']): Promise<PreparedFunction> {
    const { name = this.#reducer.name, copy = true, spread = false, args = [] } = this.#settings
    const { retries } = policyOf(this.#settings)
    const data: ReducerData = {
      parts: this.#reducer.parts,
      args,
      spread,
      leavesOut: this.#mode !== 'throw' || this.#isSettled,
      timeout: this.#timeout,
      retries,
      copies: copy,
    }
    const task = fromRecipe(name, { recipe: 'reducer', make: makeReducer, data })
    // What fails is an input, or a part: neither is a call that can be made again.
    const use = { name, locate: () => undefined, calledAt: this.#calledAt }
    const [fn] = await prepareFunction(task, use)
    return fn as PreparedFunction
  }

  /** Opens the journal, if the run has one. What the functions are, and not how often they are tried, tells if it is theirs. */
  async #keeper({ run, prepareFunction, openJournal }: Preparation): Promise<ReductionKeeper | undefined> {
    if (run.settings.journal === undefined) return undefined
    const { name = this.#reducer.name, spread = false, args = [] } = this.#settings
    const code = codeOf(name, { parts: this.#reducer.parts, args, spread })
    const functions = await prepareFunction(code, { name, locate: () => undefined, calledAt: this.#calledAt })
    const journal = openJournal(functions)
    return journal && new ReductionKeeper(run, journal, { name, grain: this.#settings.grain, next: this.#listener })
  }

  #reduction(parts: {
    readonly run: RunContext
    readonly fn: PreparedFunction
    readonly sizer: StretchSizer
    readonly reader: StretchReader | ArrayReader
    readonly backend: Backend
    readonly segments: Segments | undefined
    readonly listener: ReductionListener | undefined
  }): Reduction {
    const { run, fn, sizer, reader, backend, segments, listener } = parts
    const { retries, priority, workerDeaths = backend.capabilities.workerDeaths ?? 1 } = policyOf(this.#settings)
    return new Reduction(
      {
        run,
        fn,
        sizer,
        segments,
        mostAtFirst: backend.capabilities.remote === true ? FAR_AT_FIRST : Infinity,
        retries,
        priority,
        workerDeaths,
        classes: hostClasses(),
        mode: this.#mode,
        isSettled: this.#isSettled,
        timeout: this.#timeout,
        listener,
      },
      reader,
    )
  }

  get #mode(): FailureMode {
    const { onError } = this.#settings
    // A function is a default of this process for runs that have a result for each input.
    return typeof onError === 'string' ? onError : 'throw'
  }

  get #timeout(): number | undefined {
    const { timeout } = this.#settings
    return timeout !== undefined && 'ms' in timeout ? timeout.ms : undefined
  }

  #encoder({ capabilities }: Backend): ReaderOptions['encoder'] {
    const { copy, share } = this.#settings
    if (copy === false) return undefined
    return hostEncoder(capabilities, share === false ? undefined : share)
  }
}

/** Makes the errors of inputs that are not added. */
function refusal(fn: PreparedFunction): ReaderOptions['refuse'] {
  return (input, index, why): TaskError => {
    const failure = failureOf(itemOf(fn, input, index, 0))
    if (why instanceof UnreadableInput) return new UnreadableRowError(failure, why.position, why.reason)
    return refusalOf(why, failure, { value: input, name: 'input', direction: 'input' })
  }
}
