import { Cache } from '../../cache/cache.ts'
import { DataFileError } from '../../errors/file-errors.ts'
import { TaskAbortedError, type TaskError, UnreadableRowError } from '../../errors/task-errors.ts'
import type { KeyCounts } from '../../journal/keys/key-counts.ts'
import type { LogRecord } from '../../logs/log-record.ts'
import { EventObserver } from '../../observe/event-observer.ts'
import { TextRun } from '../../pool/jobs/text-run.ts'
import { showsBar } from '../../progress/open-display.ts'
import type { Results } from '../../run/outcomes/results.ts'
import type { RunStats } from '../../run/run-stats.ts'
import type { Live } from '../../view/live.ts'
import { workersAt } from '../cluster/location.ts'
import { type CommandError, EXIT } from '../command-error.ts'
import { type Explanation, explainError } from '../explain-error.ts'
import { runOptionsOf } from '../flags/map-options.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import { BadRow } from '../inputs/bad-row.ts'
import type { RunWatchers } from '../metrics/run-watchers.ts'
import { openResults } from '../output/open-output.ts'
import type { ResultWriter, WrittenFor } from '../output/result-writer.ts'
import { FailureReport } from '../report/failure-report.ts'
import type { Screen } from '../report/screen.ts'
import { StepsReport } from '../report/steps-report.ts'
import { TaskOutput } from '../report/task-output.ts'
import { outputJson, tellEvent } from '../report/tell-event.ts'
import { LiveFile, liveTasks } from '../runs/live-file.ts'
import type { RunLog } from '../runs/run-log.ts'
import { GRACE_MS, Interrupts } from './interrupts.ts'
import { exitCodeOf, type Outcome, outcomeJson, tellMissing, tellOutcome } from './outcome.ts'
import { showRunProgress } from './run-progress.ts'
import type { RunSource } from './run-source.ts'

/** Takes the place of a failed input among the results. */
const FAILED = Symbol('failed')

/** The parts of a run of the command. */
export interface RunParts {
  readonly source: RunSource
  readonly flags: RunFlags
  readonly log: RunLog
  /** The number of inputs to run by content key; absent if all are to run. */
  readonly only: KeyCounts | undefined
  /** Followers of the run, for others. */
  readonly watchers: RunWatchers
}

/** One run of the command: takes results to a file or stdout, and everything else to the screen. */
export class BatchRun {
  readonly #source: RunSource
  readonly #flags: RunFlags
  readonly #log: RunLog
  readonly #watchers: RunWatchers
  readonly #only: KeyCounts | undefined
  /** The size of `only` at the start. */
  readonly #wanted: number | undefined
  readonly #screen: Screen
  readonly #results: Results<unknown>
  readonly #report: FailureReport
  /** Failures that were told: one call of a workflow may cost many results. */
  readonly #told = new WeakSet<TaskError>()
  readonly #steps = new StepsReport()
  readonly #taskOutput: TaskOutput
  readonly #interrupts: Interrupts
  #ok = 0
  /** Results that have arrived at their destination. */
  #written = 0
  #failed = 0
  #aborted = 0
  #badRows = 0
  /** Set when no more results can be written: with an error, or without one if the reader has enough. */
  #outputEnd: { readonly error: CommandError | undefined } | undefined

  constructor({ source, flags, log, only, watchers }: RunParts, screen: Screen) {
    this.#source = source
    this.#flags = flags
    this.#log = log
    this.#watchers = watchers
    this.#only = only
    this.#wanted = only?.size
    this.#screen = screen
    this.#report = new FailureReport(screen, flags.json)
    this.#taskOutput = new TaskOutput(screen)
    this.#results = this.#open()
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
    const output = await this.#openOutput()
    const hideProgress = this.#showProgress()
    const live = this.#log.isKept ? new LiveFile(this.#log.run, () => this.#live()) : undefined
    const problem = await this.#deliver(output)
    live?.close()
    await output.close(problem !== undefined && !this.#hasBegun)
    this.#log.journal?.close()
    await this.#source.close(problem !== undefined || this.#interrupts.exitCode !== undefined)
    this.#taskOutput.flush()
    hideProgress()
    const code = this.#conclude(problem ?? this.#outputProblem() ?? this.#logProblem())
    if (problem !== undefined && !this.#hasBegun) this.#log.discard()
    else {
      this.#log.end(code, this.#source.total())
      await this.#writeReports()
    }
    await this.#watchers.close()
    this.#interrupts[Symbol.dispose]()
    return code
  }

  async #writeReports(): Promise<void> {
    const { report, trace, quiet, json } = this.#flags
    if (!quiet && !json && this.#log.isKept && showsBar(process.stderr)) {
      const { sayWhatStandsOut } = await import('../runs/stand-out.ts')
      sayWhatStandsOut(this.#log.record, report !== undefined, this.#screen)
    }
    if (report === undefined && trace === undefined) return
    const { tellRunReports, writeRunReports } = await import('../runs/run-reports.ts')
    if (this.#log.isKept) await writeRunReports(this.#log.record, this.#flags, this.#screen)
    else tellRunReports(this.#flags, this.#screen)
  }

  /** Counts and tells an input that could not be read: a failure like any other. */
  addBadRow(row: BadRow): void {
    this.#badRows++
    this.#failed++
    this.#report.add(row.position, row)
  }

  #open(): Results<unknown> {
    const { cache, verbose } = this.#flags
    return this.#source.open({
      ...runOptionsOf(this.#flags),
      name: this.#source.name,
      logs: this.#logs(),
      ...(cache !== undefined && { cache: new Cache(cache) }),
      observe: [
        ...(verbose ? [new EventObserver((event) => tellEvent(event, this.#screen))] : []),
        ...this.#watchers.observers,
      ],
      // Called as it happens, not when its turn among the results comes.
      onError: (error: TaskError) => {
        this.#fail(error)
        return FAILED
      },
    })
  }

  #logs(): 'off' | ((record: LogRecord) => void) | { readonly ordered: (record: LogRecord) => void } {
    const { logs, debug, json } = this.#flags
    const take = (record: LogRecord): void => {
      if (json) this.#screen.say(outputJson(record))
      else this.#taskOutput.take(record)
      this.#log.output?.take(record)
    }
    if (logs === 'off') return logs
    // In the debugger one wants to see it when it happens.
    return logs === 'ordered' && !debug ? { ordered: take } : take
  }

  #fail(error: TaskError): void {
    this.#steps.fail(error, this.#results.steps())
    if (error instanceof TaskAbortedError) {
      this.#aborted++
      return
    }
    if (error instanceof UnreadableRowError) return this.addBadRow(new BadRow(error.position, error.reason))
    this.#failed++
    if (this.#told.has(error)) return
    this.#told.add(error)
    this.#report.add(this.#source.labelOf(error), error)
  }

  #openOutput(): Promise<ResultWriter> {
    const { output: path, resume, reduce } = this.#flags
    const keeps = (): number => (this.#addsToOutput ? this.#log.outputKept : 0)
    const plan = { path, adds: resume !== undefined && !reduce, keeps: reduce ? (): number => 0 : keeps }
    return openResults(plan, this.#screen, {
      end: (error) => {
        this.#outputEnd = { error }
        this.#results.cancel()
      },
      // From now on nothing of them can be lost.
      written: (written, endInFile) => {
        for (const { what, end } of written) this.#confirm(what, endInFile?.(end))
      },
    })
  }

  /** Results have arrived at their destination. `out`: the end of their lines in the output, in bytes. */
  #confirm(what: WrittenFor, out: number | undefined): void {
    const { journal } = this.#log
    this.#written += typeof what === 'number' ? 1 : what.count
    if (typeof what === 'number') journal?.confirm(what, out)
    else journal?.confirmRun(what.successes, out)
  }

  #showProgress(): () => void {
    const { progress: style, quiet, json, progressInterval: lineInterval, on, group } = this.#flags
    if (style === 'none' || (style === 'auto' && (quiet || json))) return () => {}
    const { name, workers } = this.#source
    return showRunProgress(this.#screen, {
      name,
      workers: workersAt(on, workers, group),
      total: () => this.#source.totalCounted(),
      lineInterval,
      stats: () => this.#stats(),
      style,
    })
  }

  /** Looks at what runs just now, for those who watch. */
  async #live(): Promise<Live> {
    const { done, cached, failed, read, waiting } = this.#stats()
    const running = liveTasks(await this.#results.runningTasks())
    const total = this.#source.totalCounted()
    const [at, rss] = [Date.now(), process.memoryUsage.rss()]
    const { workers } = this.#source
    return { v: 1, at, running, busy: running.length, workers, total, done, cached, failed, read, waiting, rss }
  }

  #stats(): RunStats {
    const stats = this.#results.stats()
    return this.#source.counts === 'calls' ? stats : { ...stats, failed: this.#failed }
  }

  /** Writes results as they come. Returns what ended the run, if that was not its end. */
  async #deliver(output: ResultWriter): Promise<Explanation | undefined> {
    try {
      const results = output.writeRun === undefined ? this.#results.indexed() : this.#results.lines()
      for await (const { values, indexes } of results) {
        for (const [i, value] of values.entries()) {
          if (value === FAILED) continue
          // A result that the log does not tell of would be written again by the next run.
          if (this.#log.journal?.error !== undefined) return undefined
          const room =
            value instanceof TextRun ? this.#writeRun(output, value) : this.#write(output, value, indexes[i] as number)
          if (room !== undefined) await room
        }
      }
      return undefined
    } catch (error) {
      // A reduction that was halted has no value. Why it was, is known.
      if (error instanceof TaskAbortedError) return undefined
      const explanation = explainError(error)
      if (explanation === undefined) throw error
      return explanation
    }
  }

  #writeRun(output: ResultWriter, run: TextRun): Promise<void> | undefined {
    this.#ok += run.count
    return output.writeRun?.(run)
  }

  #write(output: ResultWriter, value: unknown, index: number): Promise<void> | undefined {
    const result = this.#steps.take(value)
    let room: Promise<void> | undefined
    try {
      room = output.write(result, index)
    } catch (error) {
      const { message } = error as Error
      const failure = new TypeError(
        error instanceof DataFileError ? message : `its result cannot be written as JSON: ${message}`,
      )
      const input = this.#log.journal?.refuse(index, failure)
      this.#failed++
      this.#report.add(input ?? `${this.#source.counts === 'results' ? 'input' : 'result'} ${index + 1}`, failure)
      return undefined
    }
    this.#ok++
    return room
  }

  #outputProblem(): Explanation | undefined {
    return this.#outputEnd?.error && explainError(this.#outputEnd.error)
  }

  #logProblem(): Explanation | undefined {
    const error = this.#log.journal?.error
    return error && explainError(error)
  }

  /** True if results are added to those of an earlier run, whose inputs are left out. */
  get #addsToOutput(): boolean {
    return this.#flags.resume !== undefined || this.#log.journal?.goesOn === true
  }

  /** The inputs, or results, that are done. */
  get #done(): number {
    if (this.#source.counts === 'inputs') return this.#results.stats().done
    return this.#outputEnd === undefined ? this.#ok : this.#written
  }

  /** True if at least one input has an outcome. */
  get #hasBegun(): boolean {
    return this.#done + this.#failed + this.#aborted > 0
  }

  #conclude(problem: Explanation | undefined): number {
    // The reader of the results has enough, and wants to hear no more either.
    if (this.#outputEnd !== undefined && problem === undefined) return EXIT.ok
    const outcome = this.#outcome(problem)
    tellMissing(outcome, this.#screen)
    if (this.#flags.json) this.#screen.say(outcomeJson(outcome))
    else {
      this.#report.sumUp()
      if (problem !== undefined && (outcome.endedBy !== 'deadline' || !this.#hasBegun))
        this.#screen.sayError(problem.message)
      if (!this.#flags.quiet && (problem === undefined || this.#hasBegun)) {
        for (const line of this.#steps.lines(this.#screen.paint)) this.#screen.say(line)
        tellOutcome(outcome, this.#screen)
      }
    }
    return exitCodeOf(outcome)
  }

  #outcome(problem: Explanation | undefined): Outcome {
    const { elapsedMs, endedBy, cached } = this.#results.stats()
    const skipped = this.#log.journal?.skipped ?? 0
    const ok = this.#done
    const left = (this.#wanted ?? this.#source.total() ?? 0) - ok - this.#failed - skipped
    const interrupted = this.#interrupts.exitCode
    const isWhole = endedBy === undefined && problem === undefined && interrupted === undefined
    return {
      ok,
      cached,
      cacheCounts: this.#source.counts,
      failed: this.#failed,
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
      cache: this.#flags.cache,
      steps: this.#steps.report,
    }
  }
}
