import { Pool } from '../api/pool.ts'
import { TaskAbortedError } from '../errors/task-aborted-error.ts'
import type { TaskError } from '../errors/task-error.ts'
import { availableWorkers } from '../options/workers.ts'
import type { Results } from '../run/results.ts'
import { tasksOf } from '../task/tasks-of.ts'
import type { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'
import { type Explanation, explainError } from './explain-error.ts'
import type { Inputs } from './inputs/open-inputs.ts'
import { GRACE_MS, Interrupts } from './interrupts.ts'
import { type AnyMapOptions, mapOptionsOf } from './map-options.ts'
import type { TaskReference } from './module/find-task.ts'
import { jsonLine } from './output/json-line.ts'
import { openOutput } from './output/open-output.ts'
import type { ResultWriter } from './output/result-writer.ts'
import { FailureReport } from './report/failure-report.ts'
import type { Screen } from './report/screen.ts'
import { summaryLine } from './report/summary.ts'
import { TaskOutput } from './report/task-output.ts'
import type { RunFlags } from './run-options.ts'
import { showRunProgress } from './show-run-progress.ts'

/** Takes the place of a failed input among the results. */
const FAILED = Symbol('failed')

/** One run of the command: a function over inputs, results to a file or stdout, everything else to the screen. */
export class BatchRun {
  readonly #flags: RunFlags
  readonly #screen: Screen
  readonly #task: TaskReference
  readonly #inputs: Inputs
  readonly #workers: number
  readonly #pool: Pool
  readonly #results: Results<unknown>
  readonly #report: FailureReport
  readonly #taskOutput: TaskOutput
  readonly #interrupts: Interrupts
  #delivered = 0
  #ok = 0
  #aborted = 0
  /** Nobody takes results any more: an error, or undefined where whoever read them has enough. */
  #outputEnd: { readonly error: CommandError | undefined } | undefined

  constructor(task: TaskReference, inputs: Inputs, flags: RunFlags, screen: Screen) {
    this.#flags = flags
    this.#screen = screen
    this.#task = task
    this.#inputs = inputs
    this.#report = new FailureReport(screen)
    this.#taskOutput = new TaskOutput(screen)
    this.#workers = Math.max(1, Math.min(flags.jobs ?? availableWorkers(), inputs.total() ?? Infinity))
    this.#pool = new Pool({ backend: flags.on, workers: this.#workers, logs: 'off' })
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
    const output = await openOutput(this.#flags.output, this.#screen, (error) => {
      this.#outputEnd = { error }
      this.#results.cancel()
    })
    const hideProgress = this.#flags.quiet ? () => {} : this.#showProgress()
    const problem = await this.#deliver(output)
    await output.close(problem !== undefined && !this.#hasBegun)
    await (problem === undefined && this.#interrupts.exitCode === undefined
      ? this.#pool.close()
      : this.#pool.terminate())
    this.#taskOutput.flush()
    hideProgress()
    const code = this.#conclude(problem ?? this.#outputProblem())
    this.#interrupts[Symbol.dispose]()
    return code
  }

  #start(): Results<unknown> {
    const functions = tasksOf<Record<string, () => unknown>>(this.#task.url)
    // What the function takes is not known here.
    const map = this.#pool.map as (inputs: Inputs['items'], fn: unknown, options: AnyMapOptions) => Results<unknown>
    const { take } = this.#taskOutput
    const { logs } = this.#flags
    return map(this.#inputs.items, functions[this.#task.exportName], {
      ...mapOptionsOf(this.#flags),
      name: this.#task.name,
      logs: logs === 'off' ? logs : logs === 'ordered' ? { ordered: take } : take,
      // Told as it happens, not when its turn among the results comes.
      onError: (error: TaskError) => {
        if (error instanceof TaskAbortedError) this.#aborted++
        else this.#report.add(error.input, error)
        return FAILED
      },
    })
  }

  #showProgress(): () => void {
    const stats = (): ReturnType<Results<unknown>['stats']> => {
      const now = this.#results.stats()
      return { ...now, failed: this.#report.count }
    }
    const workers = `${this.#workers} ${this.#flags.on}`
    const { progressInterval: lineInterval } = this.#flags
    return showRunProgress(this.#screen, { name: this.#task.name, workers, inputs: this.#inputs, lineInterval, stats })
  }

  /** Writes results as they come. Returns what ended the run, where that was not its end. */
  async #deliver(output: ResultWriter): Promise<Explanation | undefined> {
    try {
      for await (const batch of this.#results.batches()) {
        for (const value of batch) {
          this.#delivered++
          const line = value === FAILED ? undefined : this.#lineOf(value)
          if (line === undefined) continue
          this.#ok++
          const room = output.write(line)
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

  #lineOf(value: unknown): string | undefined {
    try {
      return jsonLine(value)
    } catch (error) {
      const which = this.#flags.order === 'input' ? `the result of input ${this.#delivered}` : 'a result'
      this.#report.add(which, new Error(`cannot be written as JSON: ${(error as Error).message}`))
      return undefined
    }
  }

  #outputProblem(): Explanation | undefined {
    return this.#outputEnd?.error && explainError(this.#outputEnd.error)
  }

  /** Something has become of at least one input. */
  get #hasBegun(): boolean {
    return this.#ok + this.#report.count + this.#aborted > 0
  }

  /** Inputs without an outcome, because the run ended early: those that were stopped, and those never read. */
  get #notDone(): number {
    return Math.max(this.#aborted, (this.#inputs.total() ?? 0) - this.#ok - this.#report.count)
  }

  #conclude(problem: Explanation | undefined): number {
    // Whoever read the results has enough, and wants to hear no more either.
    if (this.#outputEnd !== undefined && problem === undefined) return EXIT.ok
    this.#report.sumUp()
    if (problem !== undefined) this.#screen.sayError(problem.message)
    const interrupted = this.#interrupts.exitCode
    const failed = this.#report.count
    if (!this.#flags.quiet && (problem === undefined || this.#hasBegun)) {
      const endedBy = interrupted !== undefined ? 'interrupted' : problem === undefined ? undefined : 'ended'
      const { elapsedMs } = this.#results.stats()
      this.#screen.say(
        summaryLine({ ok: this.#ok, failed, notDone: this.#notDone, elapsedMs, endedBy }, this.#screen.paint),
      )
      if (this.#flags.output !== undefined && this.#ok > 0) this.#screen.say(`  results ${this.#flags.output}`)
    }
    return interrupted ?? problem?.exitCode ?? (failed > 0 ? EXIT.someFailed : EXIT.ok)
  }
}
