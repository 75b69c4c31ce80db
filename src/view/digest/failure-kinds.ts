import { cutText } from '../format/visible-text.ts'
import type { FailureSample, View, ViewState } from '../view.ts'
import { messageShape } from './message-shape.ts'
import { shownInput } from './shown-input.ts'
import { sumNeighbours, type TimeBins } from './time-bins.ts'

const MOST_KINDS = 200
/** The number of all kinds that are not among the first. */
const OTHERS = MOST_KINDS + 1
const SAMPLES = 12
const MARKS = 2_000
const PARTS = 60
const LONGEST_MESSAGE = 2_000
const LONGEST_STACK = 8_000
const LONGEST_NAME = 100

/** A failed attempt. */
export interface Failure {
  readonly task: number
  readonly input?: unknown
  readonly attempt: number
  readonly state: ViewState
  readonly step?: string
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string | undefined } | undefined
}

interface Kind {
  readonly state: ViewState
  readonly step: string | undefined
  readonly name: string
  readonly what: string
  readonly message: string
  readonly stack: string | undefined
  failed: number
  recovered: number
  tries: number
  first: number
  last: number
  readonly when: Float32Array
  readonly lanes: Set<number>
  /** Twice as many as are shown: tasks may succeed later. */
  readonly samples: Map<number, FailureSample>
  readonly marks: [at: number, task: number][]
}

/** Groups failures by kind. Kinds have numbers from 1. */
export class FailureKinds {
  readonly #bins: TimeBins
  readonly #kinds: Kind[] = []
  readonly #numbers = new Map<string, number>()
  #others = 0

  constructor(bins: TimeBins) {
    this.#bins = bins
  }

  /** Counts a failed attempt that ended at a moment, in a lane. Returns the number of its kind. */
  add(failure: Failure, at: number, lane: number | undefined): number {
    const { task, input, attempt, state, step, error } = failure
    const name = cutText(text(error?.name) || state, LONGEST_NAME)
    const message = text(error?.message)
    const what = messageShape(message, input)
    const key = JSON.stringify([state, step, name, what])
    const number = this.#numbers.get(key) ?? this.#begin(key, failure, { name, what, message }, at)
    const kind = this.#kinds[number - 1]
    if (kind === undefined) {
      this.#others++
      return OTHERS
    }
    kind.failed++
    kind.tries++
    kind.last = Math.max(kind.last, at)
    kind.first = Math.min(kind.first, at)
    const bin = this.#bins.binOf(at)
    kind.when[bin] = (kind.when[bin] as number) + 1
    if (lane !== undefined) kind.lanes.add(lane)
    if (kind.samples.has(task) || kind.samples.size < 2 * SAMPLES) {
      const sample = { task, input: shownInput(input), tries: attempt, at, message: cutText(message, LONGEST_MESSAGE) }
      kind.samples.delete(task)
      kind.samples.set(task, sample)
    }
    if (kind.marks.length < MARKS) kind.marks.push([at, task])
    return number
  }

  /** Called when a task that had failed so is tried again: this failure was not its end. */
  leave(number: number, task: number, hasSucceeded: boolean): void {
    const kind = this.#kinds[number - 1]
    if (kind === undefined) return
    kind.failed--
    if (!hasSucceeded) return
    kind.recovered++
    kind.samples.delete(task)
  }

  /** Attempts of kinds that are not kept. */
  get others(): number {
    return this.#others
  }

  /** Returns the kinds, the most frequent first. `bins`: the number of bins in use; `place`: where a lane is shown. */
  view(bins: number, place: (lane: number) => number): Pick<View, 'kinds' | 'whenMs'> {
    const kinds = this.#kinds
      .toSorted((a, b) => b.failed - a.failed || b.tries - a.tries)
      .map(({ when, lanes, samples, marks, ...kind }) => ({
        ...kind,
        when: sumNeighbours([...when.subarray(0, bins)], PARTS),
        lanes: [...new Set([...lanes].map(place))].toSorted((a, b) => a - b),
        samples: [...samples.values()].slice(0, SAMPLES),
        marks: marks.map(([at, task]) => [Math.round(at), task] as const),
      }))
    return { kinds, whenMs: Math.max(1, Math.ceil(bins / PARTS)) * this.#bins.ms }
  }

  #begin(
    key: string,
    { state, step, error }: Failure,
    about: Pick<Kind, 'name' | 'what' | 'message'>,
    at: number,
  ): number {
    if (this.#kinds.length >= MOST_KINDS) return OTHERS
    const stack = text(error?.stack)
    this.#kinds.push({
      state,
      step: step === undefined ? undefined : cutText(text(step), LONGEST_NAME),
      ...about,
      message: cutText(about.message, LONGEST_MESSAGE),
      stack: stack === '' ? undefined : cutText(stack, LONGEST_STACK),
      failed: 0,
      recovered: 0,
      tries: 0,
      first: at,
      last: at,
      when: this.#bins.series(),
      lanes: new Set(),
      samples: new Map(),
      marks: [],
    })
    this.#numbers.set(key, this.#kinds.length)
    return this.#kinds.length
  }
}

/** A log may hold anything in the place of a text. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
