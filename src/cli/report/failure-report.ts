import { TaskError } from '../../errors/task-errors.ts'
import { shownInput } from '../../journal/writing/shown.ts'
import { count } from '../../util/text/show-number.ts'
import { escapeLines } from '../../util/text/terminal-text.ts'
import { describeFailure, type FailureFacts } from './describe-failure.ts'
import { FailureKinds } from './failure-kinds.ts'
import { labelOf } from './label-of.ts'
import type { Screen } from './screen.ts'

/** Failures told in full; after that only the first of each kind is, up to the second number. */
const IN_FULL = 10
const IN_FULL_WITH_NEW_KINDS = 30

/** Reports failures as they come, and many of them by their kinds. */
export class FailureReport {
  readonly #screen: Screen
  readonly #asJson: boolean
  readonly #kinds = new FailureKinds()
  #count = 0
  #told = 0
  #announced = false

  /** `asJson`: report each failure as a line of JSON. */
  constructor(screen: Screen, asJson = false) {
    this.#screen = screen
    this.#asJson = asJson
  }

  get count(): number {
    return this.#count
  }

  add(input: unknown, error: Error): void {
    this.#count++
    const facts = describeFailure(error)
    if (this.#asJson) return this.#screen.say(failureJson(input, error, facts))
    const isNew = this.#kinds.add(facts.what, input)
    if (this.#told < IN_FULL || (isNew && this.#told < IN_FULL_WITH_NEW_KINDS)) {
      this.#told++
      this.#tell(labelOf(input), facts)
    } else if (!this.#announced) {
      this.#announced = true
      this.#screen.say(
        this.#screen.paint('dim', '  … further failures are counted; a summary by kind follows at the end'),
      )
    }
  }

  /** Sums up by kind, if not all failures were told in full. */
  sumUp(): void {
    if (this.#count === this.#told) return
    const lines = this.#kinds.lines()
    const kinds = lines.length === 1 ? 'all of one kind' : 'by kind'
    this.#screen.say(`${this.#screen.paint('red', '✖')} ${count(this.#count)} failures, ${kinds}:`)
    for (const line of lines) this.#screen.say(line)
  }

  #tell(label: string, { what, frame, because }: FailureFacts): void {
    const { paint } = this.#screen
    const lines = [`${paint('red', '✖')} ${paint('bold', label)}: ${indented(what)}`]
    if (because !== undefined) lines.push(`    caused by ${indented(because)}`)
    if (frame !== undefined) lines.push(paint('dim', `    ${escapeLines(frame)}`))
    this.#screen.say(lines.join('\n'))
  }
}

function failureJson(input: unknown, error: Error, { what, frame, because }: FailureFacts): string {
  const { task, step } = error instanceof TaskError ? error : {}
  return JSON.stringify({
    type: 'failure',
    task: task?.index,
    input: JSON.parse(shownInput(input).json) as unknown,
    step,
    error: what,
    at: frame,
    because,
  })
}

function indented(text: string): string {
  return escapeLines(text).replaceAll('\n', '\n    ')
}
