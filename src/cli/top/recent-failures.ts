import type { JournalRow } from '../../journal/lines/read-journal.ts'
import type { AttemptReader } from '../../report/followed-log.ts'
import { shownInput } from '../../view/digest/shown-input.ts'
import { cutText } from '../../view/format/visible-text.ts'
import { isGood } from '../runs/last-attempts.ts'

const MOST = 200
const LONGEST = 300

/** A failed attempt. */
export interface FailedAttempt {
  readonly task: number
  readonly input: string
  readonly attempt: number
  readonly state: string
  readonly step: string | undefined
  readonly message: string
  /** Its end in milliseconds since 1970, if that is known. */
  readonly at: number | undefined
}

/** Keeps the failed attempts of a run that its log told of last. */
export class RecentFailures implements AttemptReader {
  #failures: FailedAttempt[] = []

  /** The newest first. */
  get all(): FailedAttempt[] {
    return this.#failures.slice(-MOST).toReversed()
  }

  row({ task, input, attempt, state, step, error, start, ms }: JournalRow): void {
    if (isGood(state) || state === 'aborted') return
    const name = typeof error?.name === 'string' && error.name !== 'thrown' ? `${error.name}: ` : ''
    const what = typeof error?.message === 'string' ? `${name}${error.message}` : state
    this.#failures.push({
      task,
      input: shownInput(input),
      attempt,
      state,
      step: typeof step === 'string' ? cutText(step, 60) : undefined,
      message: cutText(what.slice(0, LONGEST).split('\n', 1)[0] ?? '', LONGEST),
      at: start === null ? undefined : start + (ms ?? 0),
    })
    if (this.#failures.length > 2 * MOST) this.#failures = this.#failures.slice(-MOST)
  }

  batch(): void {
    // Successes.
  }

  reset(): void {
    this.#failures = []
  }
}
