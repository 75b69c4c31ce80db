import type { LogRecord } from '../../logs/log-record.ts'
import { escapeText } from './escape-text.ts'
import { labelOf } from './label-of.ts'
import type { Screen } from './screen.ts'

const LABEL_LENGTH = 40
/** A line that does not end is shown in pieces of this many characters. */
const LONGEST_LINE = 65_536

/** Shows what tasks print on stderr, each line with the input that it belongs to. */
export class TaskOutput {
  readonly #screen: Screen
  /** The line that has not ended, and whose it is. */
  #rest = ''
  #label = ''

  constructor(screen: Screen) {
    this.#screen = screen
  }

  readonly take = (record: LogRecord): void => {
    const label = record.index === undefined ? `worker ${record.worker.id}` : labelOf(record.input, LABEL_LENGTH)
    if (label !== this.#label) this.flush()
    this.#label = label
    const lines = (this.#rest + record.text).split('\n')
    this.#rest = lines.pop() as string
    for (const line of lines) this.#tell(line)
    if (this.#rest.length > LONGEST_LINE) this.flush()
  }

  /** Shows a line that has not ended. */
  flush(): void {
    if (this.#rest !== '') this.#tell(this.#rest)
    this.#rest = ''
  }

  #tell(line: string): void {
    const text = escapeText(line.endsWith('\r') ? line.slice(0, -1) : line).replaceAll('␉', '\t')
    this.#screen.say(`${this.#screen.paint('dim', `${this.#label} │`)} ${text}`)
  }
}
