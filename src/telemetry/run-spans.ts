import {
  context,
  type Context,
  isSpanContextValid,
  type HrTime,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api'

import type { TaskError } from '../errors/task-errors.ts'
import {
  ATTEMPT_STATES,
  type AttemptBatch,
  type RunEnded,
  type RunStarted,
  type WorkerRef,
} from '../observe/observer.ts'
import type { TraceParent } from '../observe/observers.ts'
import type { SuccessRun } from '../observe/success-run.ts'
import { messageOf } from '../util/message-of.ts'
import { epochNow } from '../util/time.ts'
import { type SpanBudget, SpanChoice } from './span-budget.ts'

/** The subject of a span: an attempt, or quick successes that were told as one. */
interface Traced {
  readonly name: string
  readonly index: number
  readonly count: number
  readonly start: number
  readonly ms: number
  readonly state: string
  readonly attempt: number
  readonly worker: WorkerRef | undefined
  readonly error?: TaskError | undefined
}

const REQUEUED = ATTEMPT_STATES.indexOf('requeued')

/** The spans of one run: its own, and below it those of attempts. */
export class RunSpans {
  readonly #tracer: Tracer
  readonly #span: Span | undefined
  readonly #context: Context
  readonly #choice: SpanChoice<Traced>

  /** `started`: undefined for single calls and queues, which have no span of their own. */
  constructor(tracer: Tracer, budget: SpanBudget, parent: Context, started: RunStarted | undefined) {
    this.#tracer = tracer
    this.#span = started && startRun(tracer, started, parent)
    this.#context = this.#span === undefined ? parent : trace.setSpan(parent, this.#span)
    this.#choice = new SpanChoice(budget, (attempt) => this.#trace(attempt))
  }

  /** It has a span of its own, which ends with the run. */
  get isWhole(): boolean {
    return this.#span !== undefined
  }

  /** The parent of spans that are made in tasks; undefined if nothing is traced. */
  get parent(): TraceParent | undefined {
    const own = trace.getSpanContext(this.#context)
    if (own === undefined || !isSpanContextValid(own)) return undefined
    const flags = (own.traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0')
    const state = own.traceState?.serialize() ?? ''
    return { traceparent: `00-${own.traceId}-${own.spanId}-${flags}`, ...(state !== '' && { tracestate: state }) }
  }

  attempts(batch: AttemptBatch): void {
    const now = epochNow()
    for (let i = 0; i < batch.length; i++) {
      const state = batch.state?.[i] ?? 0
      const [start, ms] = [batch.start[i] as number, batch.ms[i] as number]
      // No attempt was made.
      if (state === REQUEUED || batch.worker === undefined) continue
      if (Number.isNaN(start + ms)) {
        this.#choice.addUntimed(1)
        continue
      }
      const error = batch.error(i)
      const traced = {
        name: batch.task(i),
        index: batch.index(i),
        count: 1,
        start,
        ms,
        state: ATTEMPT_STATES[state] ?? 'ok',
        attempt: error?.attempts ?? batch.attempt?.[i] ?? 1,
        worker: batch.worker,
        error,
      }
      if (error === undefined) this.#choice.addSuccess(now, traced)
      else this.#choice.addFailure(now, traced)
    }
  }

  successes({ items, offset, count, attempt, worker, start, ms }: SuccessRun): void {
    if (Number.isNaN(start + ms)) return this.#choice.addUntimed(count)
    const { name } = items.fn(offset)
    const index = items.index(offset)
    this.#choice.addSuccess(epochNow(), { name, index, count, start, ms, state: 'ok', attempt, worker })
  }

  ended({ at, done, cached, failed, endedBy, error }: Pick<RunEnded, 'at'> & Partial<RunEnded>): void {
    this.#choice.flush()
    const span = this.#span
    if (span === undefined) return
    span.setAttributes({
      'manyhands.tasks.ok': done ?? 0,
      'manyhands.tasks.cached': cached ?? 0,
      'manyhands.tasks.failed': failed ?? 0,
      'manyhands.attempts.untraced': this.#choice.untraced,
      ...(endedBy !== undefined && { 'manyhands.run.ended_by': endedBy }),
    })
    if (error !== undefined) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) })
      span.recordException(error instanceof Error ? error : messageOf(error), timeOf(at))
    }
    span.end(timeOf(at))
  }

  #trace({ name, index, count, start, ms, state, attempt, worker, error }: Traced): void {
    const attributes = {
      'manyhands.task.index': index,
      'manyhands.task.attempt': attempt,
      'manyhands.task.state': state,
      ...(count > 1 && { 'manyhands.tasks': count }),
      ...(worker !== undefined && { 'manyhands.worker.slot': worker.slot }),
      ...(worker?.pid !== undefined && { 'process.pid': worker.pid }),
      ...(worker?.host !== undefined && { 'host.name': worker.host }),
    }
    const span = this.#tracer.startSpan(name, { startTime: timeOf(start), attributes }, this.#context)
    const end = timeOf(start + ms)
    if (error !== undefined) {
      const thrown = error.cause instanceof Error ? error.cause : error
      span.setAttribute('error.type', thrown.name)
      if (error.step !== undefined) span.setAttribute('manyhands.task.step', error.step)
      span.setStatus({ code: SpanStatusCode.ERROR, message: thrown.message })
      span.recordException(thrown, end)
    }
    span.end(end)
  }
}

function startRun(tracer: Tracer, { run, at, backend, workers, total, functions }: RunStarted, parent: Context): Span {
  const attributes = {
    'manyhands.run.id': run.id,
    'manyhands.run.functions': functions.map(({ name }) => name),
    'manyhands.run.backend': backend,
    ...(Number.isFinite(workers) && { 'manyhands.run.workers': workers }),
    ...(total !== undefined && { 'manyhands.tasks.total': total }),
  }
  return tracer.startSpan(`manyhands.run ${run.name}`, { startTime: timeOf(at), attributes }, parent)
}

/** A time in milliseconds since 1970 as seconds and nanoseconds. */
function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000)
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)]
}

const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})/

/** Returns the context of a W3C `traceparent`, or that in which it is called if there is none. */
export function contextOf(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? []
  if (traceId === undefined || spanId === undefined) return context.active()
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags ?? '0', 16) & 1,
    isRemote: true,
  })
}
