import { insightsOf } from '../insights/insights.ts'
import { VIEW_STATES, type RunView, type View } from '../view.ts'
import type { Attempt, RunEnd, RunHead, Sample, Successes, WorkerEvent } from './entries.ts'
import { FailureKinds } from './failure-kinds.ts'
import { KeptAttempts } from './kept-attempts.ts'
import { Lanes } from './lanes.ts'
import { Lengths } from './lengths.ts'
import { MemorySamples } from './memory-samples.ts'
import { cacheOf, edgesOf, endOf, factsOf, stepNames, whole } from './run-facts.ts'
import { shownInput } from './shown-input.ts'
import { singlesView } from './singles-view.ts'
import { NO_KIND, TaskStates } from './task-states.ts'
import { TimeBins } from './time-bins.ts'
import { WorkerEvents } from './worker-events.ts'
import { type WorkerSum, WorkerSums } from './worker-sums.ts'

/** A moment later than this after the start of a run is a mistake of the log. */
const LONGEST_RUN_MS = 10 * 365 * 86_400_000

interface Step {
  readonly name: string
  failed: number
  readonly lengths: Lengths
}

/** What only the caller of a digest can know. */
export interface Outside {
  readonly state: RunView['state']
  readonly exitCode: number | undefined
  /** The name and the inputs of a run whose log does not tell them. */
  readonly name?: string
  readonly total?: number | undefined
}

/**
 * The digest of one run: its log goes in line by line, in the order of the log, and a view comes out at any time. Memory is
 * bounded, but for two bytes a task.
 */
export class Digest {
  #facts: Omit<RunView, 'state' | 'exitCode'> | undefined
  #start: number | undefined
  #end = 0
  /** When the attempt before ended: about when those ended that have no times, such as results from a cache. */
  #before = 0
  readonly #bins = new TimeBins()
  readonly #ok = this.#bins.series()
  readonly #cached = this.#bins.series()
  readonly #bad = this.#bins.series()
  readonly #busy = this.#bins.series()
  #busyMs = 0
  #steps: readonly Step[] = []
  #edges: View['edges']
  #lanes = new Lanes(this.#bins, 1)
  readonly #workers = new WorkerSums()
  #hasSlots = false
  readonly #states = new TaskStates()
  readonly #kinds = new FailureKinds(this.#bins)
  readonly #kept = new KeptAttempts()
  readonly #events = new WorkerEvents()
  readonly #memory = new MemorySamples()
  readonly #lengths = new Lengths()
  #cache: View['cache']
  #attempts = 0
  #timed = 0
  #recovered = 0

  /** Takes the head of the run. Lines of its attempts come later. */
  head(head: RunHead): void {
    if (this.#facts?.started !== undefined) return
    this.#facts = { ...factsOf(head), ended: undefined }
    this.#start = head.started
    this.#edges = edgesOf(head)
    this.#steps = stepNames(head).map((name) => ({ name, failed: 0, lengths: new Lengths() }))
    this.#lanes = new Lanes(this.#bins, Math.max(1, this.#steps.length))
  }

  worker(line: WorkerEvent): void {
    const { event, worker, host, at, reason } = line
    const slot = whole(line.slot)
    if (event === 'start') {
      this.#workers.started(line, slot)
      this.#hasSlots ||= slot !== undefined
      return
    }
    const lane = this.#lanes.numberOf(slot ?? worker, host)
    const moment = this.#momentOf(at) ?? this.#end
    this.#events.add(moment, lane, reason)
    if (reason !== undefined) this.#lanes.at(lane).deaths++
  }

  attempt(attempt: Attempt): void {
    const { task, state, ms, step, error } = attempt
    this.#identify(attempt)
    const at = this.#momentOf(attempt.start)
    const isTimed = at !== undefined && ms !== null && ms < LONGEST_RUN_MS
    const end = isTimed ? at + ms : this.#before
    this.#before = end
    this.#end = Math.max(this.#end, end)
    const isBad = isBadState(state)
    const hasRun = state !== 'cached' && state !== 'skipped'
    const lane = hasRun && attempt.worker !== null ? this.#laneOf(attempt) : undefined
    // An input may be made when it is asked for: of successes it is not.
    const kind = isBad
      ? this.#kinds.add(
          { task, input: attempt.input, attempt: attempt.attempt, state, ...(step !== undefined && { step }), error },
          end,
          lane,
        )
      : NO_KIND
    this.#settle(task, state, kind)
    const counts = isBad ? this.#bad : this.#ok
    if (state !== 'aborted') counts[this.#bins.binOf(end)]!++
    if (state === 'cached') this.#cached[this.#bins.binOf(end)]!++
    if (!hasRun) return
    this.#attempts++
    if (attempt.worker !== null) this.#workers.add(attempt.worker, 1, ms, attempt)
    if (isBad && step !== undefined) this.#countFailedStep(step)
    if (!isTimed) {
      if (isBad) this.#keep(attempt, end, 0, lane)
      else this.#kept.dropAll()
      return
    }
    this.#lengths.add(ms)
    this.#work(at, ms, 1, lane, isBad)
    if (lane !== undefined) this.#divide(attempt, at, ms, lane)
    this.#keep(attempt, at, ms, lane)
  }

  successes(batch: Successes): void {
    const { task, count, start, ms } = batch
    this.#identify(batch)
    const at = this.#momentOf(start)
    for (let i = task; i < task + count; i++) this.#settle(i, 'ok', NO_KIND)
    this.#attempts += count
    const lane = batch.worker === null ? undefined : this.#laneOf(batch)
    if (batch.worker !== null) this.#workers.add(batch.worker, count, ms, batch)
    if (at === undefined || ms === null || ms >= LONGEST_RUN_MS) {
      this.#ok[this.#bins.binOf(this.#before)]! += count
      return this.#kept.dropAll()
    }
    this.#before = at + ms
    this.#end = Math.max(this.#end, this.#before)
    this.#bins.spreadCount(this.#ok, at, at + ms, count)
    this.#lengths.add(ms / count, count)
    this.#work(at, ms, count, lane, false)
    if (lane !== undefined) this.#bins.spread(this.#lanes.at(lane).work[0] as Float32Array, at, at + ms)
    if (!this.#kept.hasAll) return
    for (let i = 0; i < count; i++) {
      const one = { ...batch, task: task + i, attempt: 1, state: 'ok' as const }
      this.#keep(one, at + (i / count) * ms, ms / count, lane)
    }
  }

  sample({ at, rss, memory }: Sample): void {
    const moment = this.#momentOf(at)
    if (moment === undefined) return
    const lanes = new Map<number, number>()
    for (const pair of Array.isArray(memory) ? memory.slice(0, 1_000) : []) {
      const [slot, bytes] = Array.isArray(pair) ? [whole(pair[0]), whole(pair[1])] : []
      if (slot === undefined || bytes === undefined) continue
      const lane = this.#lanes.numberOf(slot, undefined)
      lanes.set(lane, bytes)
      this.#lanes.at(lane).peak = Math.max(this.#lanes.at(lane).peak, bytes)
    }
    this.#memory.add(moment, whole(rss) ?? 0, lanes)
    this.#end = Math.max(this.#end, moment)
  }

  runEnded(end: RunEnd): void {
    if (this.#facts !== undefined) this.#facts = { ...this.#facts, ...endOf(end) }
    this.#cache = cacheOf(end)
    this.#end = Math.max(this.#end, this.#momentOf(end.at) ?? 0)
  }

  /** True if nothing is known of the run. */
  get isEmpty(): boolean {
    return this.#facts === undefined
  }

  /** True if the log says that the run has ended, or is of a kind that never says it. */
  get hasEnded(): boolean {
    return this.#facts?.ended !== undefined || this.#facts?.started === undefined
  }

  /** Tasks by the state of their last attempt, and the number of attempts. */
  counts(): Pick<View, 'states' | 'attempts'> {
    return { states: this.#states.counts(), attempts: this.#attempts }
  }

  /** The work of each worker. */
  workers(): WorkerSum[] {
    return this.#workers.all()
  }

  /** All that there is to show of the run so far. */
  view({ state, exitCode, name, total }: Outside): View {
    const facts = this.#facts ?? factsOf({ run: '', code: '', host: '', started: NaN })
    const used = this.#bins.binOf(this.#end) + 1
    const cut = (series: Float32Array): number[] => Array.from(series.subarray(0, used), (n) => Math.round(n))
    const order = this.#lanes.order()
    const place = (lane: number): number => order.indexOf(lane)
    const { attempts, slowest } = this.#kept.list()
    const hasFailed = (task: number): boolean => this.#states.kindOf(task) !== NO_KIND
    const view = {
      v: 1 as const,
      run: {
        ...facts,
        ended: this.#facts?.ended,
        started: this.#facts?.started ?? this.#start,
        name: facts.name === 'a run' && name !== undefined ? name : facts.name,
        total: facts.total ?? total,
        state,
        exitCode,
      },
      end: this.#end,
      states: this.#states.counts(),
      attempts: this.#attempts,
      timed: this.#timed,
      recovered: this.#recovered,
      busy: this.#busyMs,
      hasSlots: this.#hasSlots,
      bins: {
        ms: this.#bins.ms,
        ok: cut(this.#ok),
        cached: cut(this.#cached),
        bad: cut(this.#bad),
        busy: cut(this.#busy),
      },
      ...(this.#cache !== undefined && { cache: this.#cache }),
      ...this.#lanes.view(used, facts.concurrency),
      ...this.#events.view(place),
      memory: this.#memory.view(order),
      lengths: this.#lengths.view(56),
      steps: this.#steps.map(({ lengths, ...step }) => ({ ...step, ...lengths.view(40) })),
      ...(this.#edges !== undefined && { edges: this.#edges }),
      ...this.#kinds.view(used, place),
      otherFailures: this.#kinds.others,
      singles: singlesView(attempts, { all: this.#kept.hasAll, steps: this.#steps.length, place, hasFailed }),
      slowest: slowest.map((one) => attempts.indexOf(one)),
    }
    return { ...view, insights: insightsOf(view) }
  }

  /** Learns of a run without a head, as logs of version 1 are, from the lines of its attempts. */
  #identify({ run, code, host, start }: Attempt | Successes): void {
    if (this.#facts !== undefined && this.#start !== undefined) return
    this.#start ??= start ?? undefined
    this.#facts ??= { ...factsOf({ run, code, host, started: NaN }), started: undefined, ended: undefined }
  }

  #momentOf(time: number | null): number | undefined {
    if (time === null || this.#start === undefined) return undefined
    const moment = Math.max(0, time - this.#start)
    return moment < LONGEST_RUN_MS ? moment : undefined
  }

  #laneOf({ worker, host }: Attempt | Successes): number {
    const id = worker as number
    return this.#lanes.numberOf(this.#workers.slotOf(id) ?? id, host)
  }

  #settle(task: number, state: Attempt['state'], kind: number): void {
    const before = this.#states.set(task, state, kind)
    if (before === NO_KIND) return
    const hasSucceeded = !isBadState(state) && state !== 'aborted'
    this.#kinds.leave(before, task, hasSucceeded)
    if (hasSucceeded) this.#recovered++
  }

  #work(at: number, ms: number, count: number, lane: number | undefined, isBad: boolean): void {
    this.#timed += count
    this.#busyMs += ms
    this.#bins.spread(this.#busy, at, at + ms)
    if (lane === undefined) return
    const about = this.#lanes.at(lane)
    about.tasks += count
    about.busy += ms
    if (isBad) about.failed++
  }

  /** Adds an attempt to what its lane did when, divided by steps. */
  #divide({ steps }: Attempt, at: number, ms: number, lane: number): void {
    const { work } = this.#lanes.at(lane)
    if (steps === undefined || this.#steps.length === 0) {
      this.#bins.spread(work[0] as Float32Array, at, at + ms)
      return
    }
    let from = at
    for (const [i, step] of this.#steps.entries()) {
      const length = stepMs(steps, i, at + ms - from)
      if (length === undefined) continue
      step.lengths.add(length)
      this.#bins.spread(work[i] as Float32Array, from, from + length)
      from += length
    }
  }

  #countFailedStep(name: string): void {
    const step = this.#steps.find((one) => one.name === name)
    if (step !== undefined) step.failed++
  }

  #keep(attempt: KeptSource, at: number, ms: number, lane: number | undefined): void {
    const { task, attempt: number, state, steps } = attempt
    this.#kept.add(ms, isBadState(state), number, () => ({
      at,
      ms,
      task,
      lane: lane ?? 0,
      attempt: number,
      state: VIEW_STATES.indexOf(state),
      input: shownInput(attempt.input),
      steps: steps && this.#steps.map((_, i) => stepMs(steps, i, ms) ?? 0),
    }))
  }
}

type KeptSource = Pick<Attempt, 'task' | 'input' | 'attempt' | 'state' | 'steps'>

/** The length of a step; undefined if it did not run. A log may hold anything in its place. */
function stepMs(steps: unknown, i: number, most: number): number | undefined {
  const length: unknown = Array.isArray(steps) ? steps[i] : undefined
  return typeof length === 'number' && length >= 0 ? Math.min(length, Math.max(0, most)) : undefined
}

function isBadState(state: Attempt['state']): boolean {
  return state === 'failed' || state === 'timeout' || state === 'crashed'
}
