import type { LineTarget } from './line-target.ts'

/** Characters that are gathered before they are written. */
const ENOUGH = 65_536

/** A line that was written for an input, and where it ends among those that were written with it, in bytes. */
export interface WrittenLine {
  readonly index: number
  readonly end: number
}

/** Told of lines that were written, and where they begin in their file, in bytes. */
export type OnWritten = (lines: readonly WrittenLine[], start: number | undefined) => void

/** Gathers lines, so that many small results cost few writes; what waits is written as soon as nothing else happens. */
export class ResultWriter {
  readonly #target: LineTarget
  readonly #onWritten: OnWritten
  #gathered = ''
  #lines: WrittenLine[] = []
  #bytes = 0
  #soon: NodeJS.Immediate | undefined
  /** The target has no room for more until this resolves. */
  #busy: Promise<void> | undefined

  constructor(target: LineTarget, onWritten: OnWritten) {
    this.#target = target
    this.#onWritten = onWritten
  }

  /** Takes the line of an input's result. Where it returns a promise, wait for that before the next one. */
  write(line: string, index: number): Promise<void> | undefined {
    this.#gathered += line
    this.#bytes += Buffer.byteLength(line)
    this.#lines.push({ index, end: this.#bytes })
    if (this.#gathered.length >= ENOUGH) this.#flush()
    else this.#soon ??= setImmediate(() => this.#flush())
    return this.#busy
  }

  /** Resolves when all is written. What was there before stays where the run `failedToStart`. */
  async close(failedToStart: boolean): Promise<void> {
    await this.#busy
    this.#flush()
    await this.#busy
    await this.#target.close(failedToStart)
  }

  #flush(): void {
    if (this.#soon !== undefined) clearImmediate(this.#soon)
    this.#soon = undefined
    if (this.#busy !== undefined || this.#gathered === '') return
    const lines = this.#gathered
    const written = this.#lines
    this.#gathered = ''
    this.#lines = []
    this.#bytes = 0
    this.#busy = this.#target
      .write(lines, (start) => this.#onWritten(written, start))
      ?.then(() => {
        this.#busy = undefined
        this.#flush()
      })
  }
}

/** A result as one line of JSON. What JSON has no form for gets the nearest that keeps all of it. */
export function jsonLine(value: unknown): string {
  if (value === undefined) return 'null\n'
  return `${JSON.stringify(value, keepAll)}\n`
}

/** JSON would silently leave out what these hold, or refuse them. */
function keepAll(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map || value instanceof Set) return [...value]
  if (value instanceof RegExp) return String(value)
  if (value instanceof Error) return fieldsOf(value)
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Uint8Array)
  if (value instanceof DataView) return keepAll('', new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  return value instanceof ArrayBuffer ? Array.from(new Uint8Array(value)) : value
}

function fieldsOf(error: Error): object {
  const { name, message, cause } = error
  return Object.assign({ name, message }, cause === undefined ? {} : { cause }, error)
}
