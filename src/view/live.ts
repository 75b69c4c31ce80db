import { cutText } from './format/visible-text.ts'

/** A task that runs just now. */
export interface LiveTask {
  readonly slot: number
  readonly task: number
  /** As texts of a view: cut, with all that a log may hold. */
  readonly input: string
  readonly step: string | undefined
  /** The start of its attempt, in milliseconds since 1970. */
  readonly since: number
  readonly attempt: number
}

/** The work of a run at one moment, beside its job log: of those tasks that have not ended nothing is in there. */
export interface Live {
  readonly v: 1
  /** Milliseconds since 1970. */
  readonly at: number
  /** By slot, the first of them. */
  readonly running: readonly LiveTask[]
  /** All that run. */
  readonly busy: number
  /** Workers that it may use at most. */
  readonly workers: number | undefined
  readonly total: number | undefined
  readonly done: number
  readonly cached: number
  readonly failed: number
  /** Inputs read so far, and outcomes that wait for being written. */
  readonly read: number
  readonly waiting: number
  /** Memory of the run's own process in bytes. */
  readonly rss: number
}

/** Tasks that are told one by one, at most. */
const MOST_TASKS = 256
/** Characters of an input, at most. */
const LONGEST = 160

/** Keeps what is told of a moment small. */
export function boundedLive(live: Live): Live {
  const running = live.running
    .toSorted((a, b) => a.slot - b.slot || a.since - b.since)
    .slice(0, MOST_TASKS)
    .map((one) => ({ ...one, input: cutText(one.input, LONGEST), step: one.step && cutText(one.step, 60) }))
  return { ...live, running }
}

/** Reads what a run wrote of a moment; undefined if it is not whole. Fields that are not what they should be are left out. */
export function parseLive(text: string): Live | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const live = record(value)
  const at = amount(live['at'])
  if (live['v'] !== 1 || at === undefined) return undefined
  const tasks = Array.isArray(live['running']) ? live['running'].slice(0, MOST_TASKS) : []
  return {
    v: 1,
    at,
    running: tasks.flatMap((task) => taskOf(record(task))),
    busy: amount(live['busy']) ?? tasks.length,
    workers: amount(live['workers']),
    total: amount(live['total']),
    done: amount(live['done']) ?? 0,
    cached: amount(live['cached']) ?? 0,
    failed: amount(live['failed']) ?? 0,
    read: amount(live['read']) ?? 0,
    waiting: amount(live['waiting']) ?? 0,
    rss: amount(live['rss']) ?? 0,
  }
}

function taskOf({ slot, task, input, step, since, attempt }: Record<string, unknown>): LiveTask[] {
  const known = { slot: amount(slot), task: amount(task), since: amount(since) }
  if (known.slot === undefined || known.task === undefined || known.since === undefined) return []
  return [
    {
      slot: known.slot,
      task: known.task,
      input: typeof input === 'string' ? cutText(input, LONGEST) : '',
      step: typeof step === 'string' ? cutText(step, 60) : undefined,
      since: known.since,
      attempt: amount(attempt) ?? 1,
    },
  ]
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function amount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
