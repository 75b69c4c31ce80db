import type { LogRecord } from '../../logs/log-record.ts'
import { escapeLines } from '../../util/text/terminal-text.ts'
import { isFirstHalf } from '../../wire/protocol/printed.ts'
import { labelOf } from './label-of.ts'
import type { Screen } from './screen.ts'

const LABEL_LENGTH = 40
/** Longer lines are shown in pieces of this many characters. */
const LONGEST_LINE = 65_536

/** Shows on stderr what tasks print, each line with the input that it belongs to. */
export class TaskOutput {
  readonly #screen: Screen
  /** The line that has not ended, and the label of its task. */
  #rest = ''
  #label = ''

  constructor(screen: Screen) {
    this.#screen = screen
  }

  readonly take = (record: LogRecord): void => {
    const label = record.index === undefined ? `worker ${record.worker.id}` : labelOf(record.input, LABEL_LENGTH)
    if (label !== this.#label) this.flush()
    this.#label = label
    const text = this.#rest + record.text
    const end = text.lastIndexOf('\n')
    // All lines at once: each by itself takes six times as long (2.6 µs).
    if (end >= 0) this.#tell(text.slice(0, end))
    this.#rest = text.slice(end + 1)
    while (this.#rest.length > LONGEST_LINE) {
      const last = this.#rest.charCodeAt(LONGEST_LINE - 1)
      const length = LONGEST_LINE - (isFirstHalf(last) ? 1 : 0)
      this.#tell(this.#rest.slice(0, length))
      this.#rest = this.#rest.slice(length)
    }
  }

  /** Shows a line that has not ended. */
  flush(): void {
    if (this.#rest !== '') this.#tell(this.#rest)
    this.#rest = ''
  }

  #tell(lines: string): void {
    const prefix = `${this.#screen.paint('dim', `${this.#label} │`)} `
    const shown = escapeLines(`${lines}\n`).slice(0, -1)
    this.#screen.say(prefix + shown.replaceAll('\n', `\n${prefix}`))
  }
}
