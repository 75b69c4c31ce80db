import { Pool } from '../../api/pool.ts'
import { Cache } from '../../cache/cache.ts'
import { TaskAbortedError, type TaskError } from '../../errors/task-errors.ts'
import type { KeyCounts } from '../../journal/key-counts.ts'
import type { LogRecord } from '../../logs/log-record.ts'
import { availableWorkers } from '../../options/workers.ts'
import type { RunEvent } from '../../pool/observer.ts'
import type { Results } from '../../run/outcomes/results.ts'
import type { BackendOption } from '../../settings/run-options.ts'
import { tasksOf } from '../../task/tasks-of.ts'
import { isBroker, workersAt } from '../cluster/location.ts'
import { type CommandError, EXIT } from '../command-error.ts'
import { type Explanation, explainError } from '../explain-error.ts'
import { type AnyMapOptions, mapOptionsOf } from '../flags/map-options.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import type { BadRow } from '../inputs/formats/input-format.ts'
import type { Inputs } from '../inputs/open-inputs.ts'
import type { TaskReference } from '../module/find-task.ts'
import { openOutput } from '../output/open-output.ts'
import { jsonLine, type ResultWriter } from '../output/result-writer.ts'
import { FailureReport } from '../report/failure-report.ts'
import type { Screen } from '../report/screen.ts'
import { StepsReport } from '../report/steps-report.ts'
import { TaskOutput } from '../report/task-output.ts'
import { outputJson, tellEvent } from '../report/tell-event.ts'
import type { RunLog } from '../runs/run-log.ts'
import { GRACE_MS, Interrupts } from './interrupts.ts'
import { exitCodeOf, type Outcome, outcomeJson, tellMissing, tellOutcome } from './outcome.ts'
import { showRunProgress } from './run-progress.ts'

type AnyMap = (inputs: Inputs['items'], fn: unknown, options: AnyMapOptions) => Results<unknown>

/** Takes the place of a failed input among the results. */
const FAILED = Symbol('failed')

/** What a run of the command is made of. */
export interface RunParts {
  readonly task: TaskReference
  readonly inputs: Inputs
  readonly flags: RunFlags
  readonly backend: BackendOption
  readonly log: RunLog
  /** How many inputs with each content key are to run; all where it is absent. */
  readonly only: KeyCounts | undefined
}

/** One run of the command: a function over inputs, results to a file or stdout, everything else to the screen. */
export class BatchRun {
  readonly #flags: RunFlags
  readonly #screen: Screen
  readonly #task: TaskReference
  readonly #inputs: Inputs
  readonly #log: RunLog
  readonly #only: KeyCounts | undefined
  /** How many inputs are to run, where not all are. */
  readonly #wanted: number
  readonly #workers: number
  readonly #pool: Pool
  readonly #results: Results<unknown>
  readonly #report: FailureReport
  readonly #steps = new StepsReport()
  readonly #taskOutput: TaskOutput
  readonly #interrupts: Interrupts
  #ok = 0
  /** Results that have arrived where they go. */
  #written = 0
  #aborted = 0
  #badRows = 0
  /** Nobody takes results any more: an error, or undefined where whoever read them has enough. */
  #outputEnd: { readonly error: CommandError | undefined } | undefined

  constructor({ task, inputs, flags, backend, log, only }: RunParts, screen: Screen) {
    this.#flags = flags
    this.#log = log
    this.#only = only
    this.#wanted = only?.size ?? 0
    this.#screen = screen
    this.#task = task
    this.#inputs = inputs
    this.#report = new FailureReport(screen, flags.json)
    this.#taskOutput = new TaskOutput(screen)
    this.#workers = Math.max(1, Math.min(flags.jobs ?? availableWorkers(), inputs.total() ?? Infinity))
    this.#pool = new Pool({
      backend,
      ...((flags.jobs !== undefined || !isBroker(flags.on)) && { workers: this.#workers }),
      logs: 'off',
      ...(flags.maxTasks !== undefined && { maxTasks: flags.maxTasks }),
      ...(flags.maxMemory !== undefined && { maxMemory: flags.maxMemory }),
    })
    this.#results = this.#start()
    this.#interrupts = new Interrupts({
      windDown: () => {
        const seconds = GRACE_MS / 1_000
        screen.warn(`interrupted: nothing more is started; what runs has ${seconds} s to finish (once more: stop now)`)
        this.#results.halt('soon', 'interrupted')
      },
      stop: () => this.#results.halt('now', 'interrupted'),
    })
  }

  /** Resolves to the exit code when all is written, said and stopped. */
  async run(): Promise<number> {
    const output = await openOutput(this.#flags.output, () => (this.#goesOn ? this.#log.outputKept : 0), this.#screen, {
      end: (error) => {
        this.#outputEnd = { error }
        this.#results.cancel()
      },
      // Only now nothing of it can be lost.
      written: (lines, start) => {
        this.#written += lines.length
        for (const { index, end } of lines)
          this.#log.journal?.confirm(index, start === undefined ? undefined : start + end)
      },
    })
    const hideProgress = this.#showProgress()
    const problem = await this.#deliver(output)
    await output.close(problem !== undefined && !this.#hasBegun)
    this.#log.journal?.close()
    await (problem === undefined && this.#interrupts.exitCode === undefined
      ? this.#pool.close()
      : this.#pool.terminate())
    this.#taskOutput.flush()
    hideProgress()
    const code = this.#conclude(problem ?? this.#outputProblem() ?? this.#logProblem())
    if (problem !== undefined && !this.#hasBegun) this.#log.discard()
    else this.#log.end(code, this.#inputs.total())
    this.#interrupts[Symbol.dispose]()
    return code
  }

  /** An input that could not be read: a failure like any other, which the pool does not get to see. */
  addBadRow(row: BadRow): void {
    this.#badRows++
    this.#report.add(row.position, row)
  }

  #start(): Results<unknown> {
    const functions = tasksOf<Record<string, () => unknown>>(this.#task.url)
    // What the function takes is not known here.
    const map = this.#pool.map as unknown as AnyMap
    const take = (record: LogRecord): void => {
      if (this.#flags.json) this.#screen.say(outputJson(record))
      else this.#taskOutput.take(record)
      this.#log.output?.take(record)
    }
    const { logs, debug } = this.#flags
    const total = this.#inputs.total()
    return map(this.#inputs.items, functions[this.#task.exportName], {
      ...mapOptionsOf(this.#flags),
      ...(total !== undefined && { total }),
      ...(this.#log.journal !== undefined && { journal: this.#log.journal }),
      ...(this.#flags.cache !== undefined && { cache: new Cache(this.#flags.cache) }),
      ...(this.#flags.verbose && { onEvent: (event: RunEvent) => tellEvent(event, this.#screen) }),
      name: this.#task.name,
      // Who debugs wants to see it when it happens.
      logs: logs === 'off' ? logs : logs === 'ordered' && !debug ? { ordered: take } : take,
      debug,
      // Told as it happens, not when its turn among the results comes.
      onError: (error: TaskError) => {
        this.#steps.fail(error, this.#results.steps())
        if (error instanceof TaskAbortedError) this.#aborted++
        else this.#report.add(error.input, error)
        return FAILED
      },
    })
  }

  #showProgress(): () => void {
    const { progress, quiet, json, progressInterval: lineInterval } = this.#flags
    const isNone = progress === 'none' || (progress === 'auto' && (quiet || json))
    if (isNone) return () => {}
    const stats = (): ReturnType<Results<unknown>['stats']> => {
      const now = this.#results.stats()
      return { ...now, failed: this.#report.count }
    }
    const workers = workersAt(this.#flags.on, this.#workers, this.#flags.group)
    const style = progress
    const { name } = this.#task
    return showRunProgress(this.#screen, { name, workers, inputs: this.#inputs, lineInterval, stats, style })
  }

  /** Writes results as they come. Returns what ended the run, where that was not its end. */
  async #deliver(output: ResultWriter): Promise<Explanation | undefined> {
    try {
      for await (const { values, indexes } of this.#results.indexed()) {
        for (const [i, value] of values.entries()) {
          const index = indexes[i] as number
          const line = value === FAILED ? undefined : this.#lineOf(value, index)
          if (line === undefined) continue
          // What the log cannot tell of would be there twice.
          if (this.#log.journal?.error !== undefined) return undefined
          this.#ok++
          const room = output.write(line, index)
          if (room !== undefined) await room
        }
      }
      return undefined
    } catch (error) {
      const explanation = explainError(error)
      if (explanation === undefined) throw error
      return explanation
    }
  }

  #lineOf(value: unknown, index: number): string | undefined {
    try {
      return jsonLine(this.#steps.take(value))
    } catch (error) {
      const failure = new TypeError(`its result cannot be written as JSON: ${(error as Error).message}`)
      const input = this.#log.journal?.refuse(index, failure)
      this.#report.add(input ?? `input ${index + 1}`, failure)
      return undefined
    }
  }

  #outputProblem(): Explanation | undefined {
    return this.#outputEnd?.error && explainError(this.#outputEnd.error)
  }

  #logProblem(): Explanation | undefined {
    const error = this.#log.journal?.error
    return error && explainError(error)
  }

  /** Results are added to those that are there: inputs are left out whose results those are. */
  get #goesOn(): boolean {
    return this.#flags.resume !== undefined || this.#log.journal?.goesOn === true
  }

  /** Something has become of at least one input. */
  get #hasBegun(): boolean {
    return this.#ok + this.#report.count + this.#aborted > 0
  }

  #conclude(problem: Explanation | undefined): number {
    // Whoever read the results has enough, and wants to hear no more either.
    if (this.#outputEnd !== undefined && problem === undefined) return EXIT.ok
    const { elapsedMs, endedBy, cached } = this.#results.stats()
    const failed = this.#report.count
    const skipped = this.#log.journal?.skipped ?? 0
    const ok = this.#outputEnd === undefined ? this.#ok : this.#written
    const left = (this.#only === undefined ? (this.#inputs.total() ?? 0) : this.#wanted) - ok - failed - skipped
    const interrupted = this.#interrupts.exitCode
    const isWhole = endedBy === undefined && problem === undefined && interrupted === undefined
    const outcome: Outcome = {
      ok,
      cached,
      failed,
      badRows: this.#badRows,
      skipped,
      missing: isWhole ? (this.#only?.size ?? 0) : 0,
      // Those that were stopped, and those never read.
      notDone: isWhole ? 0 : Math.max(this.#aborted, left),
      elapsedMs,
      workMs: this.#log.journal?.workMs,
      problem,
      interrupted,
      endedBy,
      run: this.#log.isKept ? this.#log.run : undefined,
      log: this.#log.log,
      output: this.#flags.output,
      steps: this.#steps.report,
    }
    tellMissing(outcome, this.#screen)
    if (this.#flags.json) this.#screen.say(outcomeJson(outcome))
    else {
      this.#report.sumUp()
      if (problem !== undefined && (endedBy !== 'deadline' || !this.#hasBegun)) this.#screen.sayError(problem.message)
      if (!this.#flags.quiet && (problem === undefined || this.#hasBegun)) {
        for (const line of this.#steps.lines(this.#screen.paint)) this.#screen.say(line)
        tellOutcome(outcome, this.#screen)
      }
    }
    return exitCodeOf(outcome)
  }
}
