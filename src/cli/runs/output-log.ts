import { join } from 'node:path'

import { byteLines } from '../../journal/lines/byte-lines.ts'
import { RowFile } from '../../journal/writing/row-file.ts'
import type { LogRecord } from '../../logs/log-record.ts'
import { runFolder } from './run-record.ts'

/** Something that a task printed, as the file keeps it. */
export interface OutputLine {
  readonly task: number | null
  readonly step?: string
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
  readonly time: number
}

export function outputFile(run: string): string {
  return join(runFolder(run), 'output.jsonl')
}

/** Keeps what the tasks of a run print. Makes the file when there is something to write. */
export class OutputLog {
  readonly #path: string
  #file: RowFile | undefined
  #broken = false

  constructor(run: string) {
    this.#path = outputFile(run)
  }

  take({ index, step, stream, text, time }: LogRecord): void {
    if (this.#broken) return
    try {
      this.#file ??= new RowFile(this.#path, () => (this.#broken = true))
    } catch {
      this.#broken = true
      return
    }
    const line: OutputLine = { task: index ?? null, stream, text, time }
    this.#file.append(JSON.stringify(step === undefined ? line : { ...line, step }))
  }

  close(): void {
    this.#file?.close()
  }
}

/** Reads what was kept, in order. */
export function* readOutput(file: string): Generator<OutputLine, void> {
  for (const line of byteLines(file)) {
    const parsed = outputLine(line.toString())
    if (parsed !== undefined) yield parsed
  }
}

/** Reads a line of the file; undefined if it is none. */
export function outputLine(line: string): OutputLine | undefined {
  try {
    const value = JSON.parse(line) as Partial<OutputLine> | null
    return typeof value?.text === 'string' ? (value as OutputLine) : undefined
  } catch {
    return undefined
  }
}
