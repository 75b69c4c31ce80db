import { createInterface, type Interface } from 'node:readline'
import { isatty, ReadStream, WriteStream } from 'node:tty'

import { type Paint, paintFor } from '../../util/text/terminal-text.ts'
import { INPUT, outputOf, write } from '../streams.ts'

/** The assumed width if there is no terminal. */
const COLUMNS = 100

/** The user's terminal, opened again: the streams of the process need the thread that is stopped. */
export class Terminal implements Console {
  readonly paint: Paint
  readonly colors: boolean
  readonly #fd: number = outputOf()
  #lines: Interface | undefined
  #input: ReadStream | undefined
  #output: WriteStream | undefined
  #words: readonly string[] = []
  /** Lines that were typed before a question was asked. */
  readonly #typed: string[] = []
  #waiting: ((line: string | undefined) => void) | undefined
  #interrupt: (() => void) | undefined
  #interrupts = 0

  constructor() {
    this.paint = paintFor({ isTTY: isatty(this.#fd) })
    this.colors = this.paint('red', 'x') !== 'x'
  }

  get columns(): number {
    return this.#output?.columns ?? COLUMNS
  }

  write(text: string): void {
    write(this.#fd, text)
  }

  ask(question: string): Promise<string | undefined> {
    const lines = (this.#lines ??= this.#open())
    const typed = this.#typed.shift()
    if (typed !== undefined) return Promise.resolve(typed)
    lines.setPrompt(question)
    lines.prompt()
    return new Promise((resolve) => (this.#waiting = resolve))
  }

  complete(words: readonly string[]): void {
    this.#words = words
  }

  onInterrupt(interrupt: (() => void) | undefined): void {
    this.#interrupt = interrupt
    if (interrupt === undefined) this.#lines?.pause()
    else this.#lines?.resume()
  }

  close(): void {
    this.#lines?.close()
    this.#input?.destroy()
    this.#output?.destroy()
  }

  #open(): Interface {
    this.#input = new ReadStream(INPUT)
    this.#output = new WriteStream(this.#fd)
    const lines = createInterface({
      input: this.#input,
      output: this.#output,
      completer: (line: string) => {
        const word = /[\w$]*$/.exec(line)?.[0] ?? ''
        return [this.#words.filter((one) => one.startsWith(word)), word]
      },
    })
    lines.on('line', (line) => {
      this.#interrupts = 0
      this.#answer(line)
    })
    lines.on('close', () => this.#answer(undefined))
    lines.on('SIGINT', () => this.#interrupted(lines))
    // A suspended process would leave the terminal in its present mode.
    lines.on('SIGTSTP', () => {})
    return lines
  }

  #answer(line: string | undefined): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    // Text typed meanwhile appears at the next prompt.
    this.#lines?.pause()
    if (waiting !== undefined) waiting(line)
    else if (line !== undefined) this.#typed.push(line)
  }

  /** Interrupts an evaluation, or clears the line. A second one in a row ends the prompt. */
  #interrupted(lines: Interface): void {
    if (this.#waiting === undefined) return this.#interrupt?.()
    const dropped = lines.line !== ''
    this.#interrupts = dropped ? 0 : this.#interrupts + 1
    if (this.#interrupts > 1) return this.#answer(undefined)
    lines.write(null, { ctrl: true, name: 'e' })
    lines.write(null, { ctrl: true, name: 'u' })
    this.write(dropped ? '\n' : '\n(once more ends the run; continue goes on)\n')
    lines.prompt()
  }
}

/** The interface to the user. */
export interface Console {
  readonly paint: Paint
  /** True if values are shown in colors. */
  readonly colors: boolean
  readonly columns: number
  write(text: string): void
  /** Reads a line. Resolves to undefined at the end of the input. */
  ask(question: string): Promise<string | undefined>
  /** Sets the words that Tab completes to. */
  complete(words: readonly string[]): void
  /** Sets the callback for Ctrl-C between questions. */
  onInterrupt(interrupt: (() => void) | undefined): void
  close(): void
}
