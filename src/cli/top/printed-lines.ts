import { AppendedLines } from '../../journal/lines/appended-lines.ts'
import { outputFile, outputLine } from '../runs/output-log.ts'

/** Lines that are kept. */
const MOST = 500
/** Bytes of what was printed before, from the end, that are read. */
const TAIL = 256 * 1_024

/** The last lines that the tasks of a run printed. */
export class PrintedLines {
  readonly #lines: AppendedLines
  #all: string[] = []

  constructor(run: string) {
    this.#lines = new AppendedLines(outputFile(run), TAIL)
  }

  /** The newest last. */
  get all(): readonly string[] {
    return this.#all
  }

  /** Reads what was printed since the last call. */
  read(): void {
    if (this.#lines.wasReplaced()) this.#all = []
    for (const bytes of this.#lines.read()) {
      const line = outputLine(bytes.toString())
      for (const text of line?.text.replace(/\n$/, '').split('\n') ?? [])
        this.#all.push(`#${line?.task ?? '-'} │ ${text}`)
      if (this.#all.length > 2 * MOST) this.#all = this.#all.slice(-MOST)
    }
  }
}
