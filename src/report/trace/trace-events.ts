import type { JournalEntry, JournalRow } from '../../journal/lines/read-journal.ts'
import { cutText, visibleText } from '../../view/format/visible-text.ts'
import { Tracks } from './tracks.ts'

/** Of inputs and messages so many characters are told. */
const LONGEST = 200
/** The process of all events. */
const PID = 1
/** The thread of the run itself: workers come after it. */
const RUN_THREAD = 0

/** An event of a trace in Chrome's format. Times are whole microseconds from the start of the run. */
export interface TraceEvent {
  readonly ph: 'M' | 'X' | 'i' | 'C'
  readonly pid: number
  readonly tid: number
  readonly name: string
  readonly ts?: number
  readonly dur?: number
  readonly cat?: string
  /** Of an instant: `t` for its thread, `p` for its process. */
  readonly s?: 't' | 'p'
  readonly args?: Readonly<Record<string, unknown>>
}

type Events = Generator<TraceEvent, void>

/** Makes the lines of one run's job log into events. Attempts come in the order of their ends, as in the log. */
export class TraceEvents {
  #start: number | undefined
  #steps: readonly string[] = []
  readonly #slots = new Map<number, number>()
  readonly #tracks = new Tracks()

  #instant(tid: number, name: string, at: number, s: 't' | 'p', args?: TraceEvent['args']): TraceEvent {
    return { ph: 'i', pid: PID, tid, ts: this.#time(at), s, name, ...(args && { args }) }
  }

  /** Microseconds from the start of the run; what a log says to be before it is at its start. */
  #time(at: number): number {
    this.#start ??= at
    return Math.max(0, Math.round((at - this.#start) * 1_000))
  }

  /** Events for a line; none if it has no time. */
  *of(entry: JournalEntry): Events {
    switch (entry.kind) {
      case 'run':
        return yield* this.#head(entry.line)
      case 'worker':
        return yield* this.#worker(entry.line)
      case 'row':
        return yield* this.#attempt(entry.row)
      case 'batch': {
        const { task, count, start, ms, worker } = entry.batch
        if (start === null || ms === null) return
        const name = count === 1 ? `#${task}` : `#${task} to #${task + count - 1}`
        return yield* this.#span(worker, start, ms, { name, cat: 'ok', args: { task, count } })
      }
      case 'sample':
        return yield* this.#sample(entry.line)
      case 'end':
        yield this.#instant(RUN_THREAD, 'end of the run', entry.line.at, 'p')
    }
  }

  *#head({ name, started, env, functions }: Extract<JournalEntry, { kind: 'run' }>['line']): Events {
    this.#start ??= started
    const [first] = Array.isArray(functions) ? (functions as { steps?: unknown }[]) : []
    this.#steps = Array.isArray(first?.steps) ? first.steps.map((step) => text(step)) : []
    yield meta('process_name', RUN_THREAD, { name: `manyhands ${text(name)}` })
    yield meta('process_labels', RUN_THREAD, { labels: text(JSON.stringify(env ?? {})) })
    yield meta('thread_name', RUN_THREAD, { name: 'run' })
  }

  *#worker({ event, worker, slot, at, reason }: Extract<JournalEntry, { kind: 'worker' }>['line']): Events {
    this.#slots.set(worker, slot)
    yield* this.#nameThread(slot, 0)
    const what = event === 'start' ? 'worker starts' : reason === undefined ? 'worker is replaced' : 'worker dies'
    yield this.#instant(threadOf(slot, 0), what, at, 't', {
      worker,
      ...(reason !== undefined && { reason: text(reason) }),
    })
  }

  *#attempt(row: JournalRow): Events {
    const { task, input, attempt, state, start, ms, worker, step, error, again } = row
    if (start === null || ms === null || state === 'cached') return
    const shown = typeof input === 'string' ? input : JSON.stringify(input)
    const args = {
      task,
      ...(shown !== undefined && { input: text(shown) }),
      attempt,
      ...(step !== undefined && { step: text(step) }),
      ...(error !== undefined && { error: text(`${text(error?.name)}: ${text(error?.message)}`) }),
      ...(again === true && { again }),
    }
    yield* this.#span(worker, start, ms, { name: `#${task}`, cat: state, args }, row.steps)
  }

  /** A span on a thread on which nothing else overlaps it, with its steps inside of it. */
  *#span(
    worker: number | null,
    start: number,
    ms: number,
    about: Pick<TraceEvent, 'name' | 'cat' | 'args'>,
    steps?: unknown,
  ): Events {
    const slot = this.#slots.get(worker ?? 0) ?? worker ?? 0
    const from = this.#time(start)
    // The next one begins where this ends.
    const to = Math.max(from, this.#time(start + ms))
    const placed = this.#tracks.place(slot, from, to)
    yield* this.#nameThread(slot, placed.lane)
    const tid = threadOf(slot, placed.lane)
    yield { ph: 'X', pid: PID, tid, ts: placed.from, dur: placed.to - placed.from, ...about }
    let at = placed.from
    for (const [i, length] of (Array.isArray(steps) ? steps : []).entries()) {
      if (typeof length !== 'number' || length < 0) continue
      const end = Math.min(placed.to, at + Math.round(length * 1_000))
      yield { ph: 'X', pid: PID, tid, ts: at, dur: end - at, name: this.#steps[i] ?? `step ${i + 1}`, cat: 'step' }
      at = end
    }
  }

  *#sample({ at, running, waiting, rss, memory }: Extract<JournalEntry, { kind: 'sample' }>['line']): Events {
    const ts = this.#time(at)
    const counter = (name: string, args: TraceEvent['args']): TraceEvent => {
      return { ph: 'C', pid: PID, tid: RUN_THREAD, ts, name, ...(args && { args }) }
    }
    if (typeof running === 'number' && typeof waiting === 'number') yield counter('tasks', { running, waiting })
    if (typeof rss === 'number') yield counter('memory of the run', { MB: megabytes(rss) })
    for (const pair of Array.isArray(memory) ? memory : []) {
      const [slot, bytes] = Array.isArray(pair) ? (pair as unknown[]) : []
      if (typeof slot === 'number' && typeof bytes === 'number')
        yield counter(`memory of ${threadName(slot)}`, { MB: megabytes(bytes) })
    }
  }

  *#nameThread(slot: number, lane: number): Events {
    if (!this.#tracks.isNew(slot, lane)) return
    const tid = threadOf(slot, lane)
    yield meta('thread_name', tid, { name: lane === 0 ? threadName(slot) : `${threadName(slot)}, ${lane + 1}` })
    yield meta('thread_sort_index', tid, { sort_index: tid })
  }
}

/** Lanes of one worker, at most. */
const LANES = 1_000

function threadOf(slot: number, lane: number): number {
  return 1 + slot * LANES + Math.min(lane, LANES - 1)
}

/** Viewers sort by name. */
function threadName(slot: number): string {
  return `worker ${String(slot + 1).padStart(3, '0')}`
}

function meta(name: string, tid: number, args: TraceEvent['args']): TraceEvent {
  return { ph: 'M', pid: PID, tid, name, ...(args && { args }) }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 14) / 64
}

/** A log may hold anything in the place of a text. */
function text(value: unknown): string {
  return typeof value === 'string' ? visibleText(cutText(value, LONGEST)) : ''
}
