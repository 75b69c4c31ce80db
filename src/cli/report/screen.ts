import { openSync, writeSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

import { type Print, printDirectly } from '../../logs/print.ts'
import { messageOf } from '../../util/message-of.ts'
import { escapeText, type Paint, paintFor } from '../../util/text/terminal-text.ts'
import { CommandError, EXIT } from '../command-error.ts'

/** Shows everything that the command shows, so that nothing spoils the bar. */
export class Screen {
  /** Styles text for stderr. */
  readonly paint: Paint = paintFor(process.stderr)
  #print: Print = printDirectly
  /** Copies what is said to a file. */
  #copy: ((text: string) => void) | undefined
  /** True if everything is said as a line of JSON. */
  readonly #asJson: boolean

  constructor({ asJson = false }: { readonly asJson?: boolean } = {}) {
    this.#asJson = asJson
  }

  /** Prints from now on through the progress display, or directly again. */
  printWith(print: Print = printDirectly): void {
    this.#print = print
  }

  /** Writes what is said from now on to a file, too. */
  copyTo(path: string): void {
    const fd = openForAppending(path)
    this.#copy = (text) => {
      try {
        writeSync(fd, stripVTControlCharacters(text))
      } catch (error) {
        // A log file that is full must not end the run.
        this.#copy = undefined
        this.warn(`${path} takes no more of what is said: ${messageOf(error)}`)
      }
    }
  }

  /** Says a line, or several, on stderr. */
  say(text: string): void {
    this.#copy?.(`${text}\n`)
    this.#print('stderr', `${text}\n`)
  }

  /** Says what went wrong with the command as a whole. */
  sayError(message: string): void {
    if (this.#asJson) this.say(JSON.stringify({ type: 'error', message }))
    else this.say(`${this.paint('red', '✖')} ${escapeText(message)}`)
  }

  /** Says something that the user should know and that stops nothing. */
  warn(message: string): void {
    if (this.#asJson) this.say(JSON.stringify({ type: 'warning', message }))
    else this.say(`${this.paint('yellow', '⚠')} ${escapeText(message)}`)
  }

  /** Mentions something that happened; for programs as fields. */
  tell(text: string, facts: object): void {
    this.say(this.#asJson ? JSON.stringify(facts) : this.paint('dim', `· ${escapeText(text)}`))
  }

  /** Shows results on a terminal. */
  show(text: string): void {
    this.#print('stdout', text)
  }
}

function openForAppending(path: string): number {
  try {
    return openSync(path, 'a')
  } catch (error) {
    throw new CommandError(`cannot write ${path}: ${messageOf(error)}`, EXIT.cannotStart, error)
  }
}

/** Shows warnings of this process, such as one about a task that takes very long, as the command says all else. */
export function showWarnings(screen: Screen): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => screen.warn(warning.message))
}
