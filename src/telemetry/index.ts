import { trace } from '@opentelemetry/api'

import type {
  AttemptBatch,
  RunEnded,
  RunObserver,
  RunRef,
  RunSample,
  RunStarted,
  WorkerExited,
} from '../observe/observer.ts'
import type { InnerObserver, TraceParent } from '../observe/observers.ts'
import type { SuccessRun } from '../observe/success-run.ts'
import { epochNow } from '../util/time.ts'
import { totalsForMeters } from './otel-metrics.ts'
import { contextOf, RunSpans } from './run-spans.ts'
import type { RunTotals } from './run-totals.ts'
import type { SpanBudget } from './span-budget.ts'
import { budgetOf } from './span-options.ts'

export type { SpanBudget } from './span-budget.ts'

/** The options of `telemetry`. */
export interface TelemetryOptions {
  /**
   * The attempts that have a span below that of their run: `'all'`, `'run'` for none, or a budget: failures first, then the
   * longest of each second. @defaultValue { perSecond: 200, perRun: 10_000, over: 0 }
   */
  readonly spans?: 'all' | 'run' | Partial<SpanBudget>
  /** Report metrics, too. @defaultValue true */
  readonly metrics?: boolean
  /** The parent of the spans of runs, as a W3C `traceparent`. @defaultValue the active span where the run is made */
  readonly parent?: string
}

/**
 * Tells OpenTelemetry of runs: a span for each run and for some of its attempts, and metrics. For the option `observe` of runs
 * and pools. The SDK is that of the program: without one nothing is told.
 *
 * A span takes about 12 µs, so not every attempt has one: see the option `spans`. Spans that are made in tasks are children of
 * the run's if an SDK is registered in workers, too, as by `NODE_OPTIONS=--import=./telemetry.js`.
 *
 * @example
 *   await map(photos, thumbnail, { observe: telemetry() })
 *
 * @throws {InvalidArgumentError} if an option is not what it must be.
 */
export function telemetry({ spans = {}, metrics = true, parent }: TelemetryOptions = {}): RunObserver {
  const budget = budgetOf(spans)
  const observer = new Telemetry(budget, parent, metrics ? totalsForMeters() : undefined)
  // Without this method it hears of each success.
  return spans === 'all' ? Object.assign(observer, { successes: undefined }) : observer
}

class Telemetry implements InnerObserver {
  readonly #budget: SpanBudget
  readonly #parent: string | undefined
  readonly #totals: RunTotals | undefined
  readonly #runs = new Map<string, RunSpans>()

  constructor(budget: SpanBudget, parent: string | undefined, totals: RunTotals | undefined) {
    this.#budget = budget
    this.#parent = parent
    this.#totals = totals
  }

  runStarted(started: RunStarted): void {
    this.#totals?.runStarted(started)
    this.#runs.set(started.run.id, this.#spans(started))
  }

  attempts(batch: AttemptBatch): void {
    this.#totals?.attempts(batch)
    this.#of(batch.run).attempts(batch)
  }

  successes(successes: SuccessRun, run: RunRef): void {
    this.#totals?.successes(successes, run)
    this.#of(run).successes(successes)
  }

  workerExited(event: WorkerExited): void {
    this.#totals?.workerExited(event)
  }

  sample(sample: RunSample): void {
    this.#totals?.sample(sample)
  }

  traceOf(run: RunRef): TraceParent | undefined {
    return this.#of(run).parent
  }

  runEnded(end: RunEnded): void {
    this.#totals?.runEnded(end)
    this.#end(end.run, end)
  }

  closed(run: RunRef): void {
    // Runs with an end of their own are told of it later.
    if (this.#runs.get(run.id)?.isWhole === false) this.#end(run, { at: epochNow() })
  }

  #of(run: RunRef): RunSpans {
    const known = this.#runs.get(run.id)
    if (known !== undefined) return known
    const spans = this.#spans(undefined)
    this.#runs.set(run.id, spans)
    return spans
  }

  #spans(started: RunStarted | undefined): RunSpans {
    return new RunSpans(trace.getTracer('manyhands'), this.#budget, contextOf(this.#parent), started)
  }

  #end(run: RunRef, end: Parameters<RunSpans['ended']>[0]): void {
    this.#runs.get(run.id)?.ended(end)
    this.#runs.delete(run.id)
  }
}
