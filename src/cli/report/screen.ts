import { openSync, writeSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

import { type Print, printDirectly } from '../../logs/print.ts'
import { messageOf } from '../../util/message-of.ts'
import { escapeText, type Paint, paintFor } from '../../util/terminal-text.ts'
import { CommandError, EXIT } from '../command-error.ts'

/** Everything that the command shows goes through here, so that nothing spoils the bar. */
export class Screen {
  /** For what goes to stderr. */
  readonly paint: Paint = paintFor(process.stderr)
  #print: Print = printDirectly
  /** Takes a copy of what is said. */
  #copy: ((text: string) => void) | undefined
  /** Everything is a line of JSON. */
  readonly #asJson: boolean

  constructor({ asJson = false }: { readonly asJson?: boolean } = {}) {
    this.#asJson = asJson
  }

  /** Prints through what shows the progress, or directly again. */
  printWith(print: Print = printDirectly): void {
    this.#print = print
  }

  /** From now on what is said is also written to a file. */
  copyTo(path: string): void {
    const fd = openForAppending(path)
    this.#copy = (text) => {
      try {
        writeSync(fd, stripVTControlCharacters(text))
      } catch (error) {
        // What is said must not end the run.
        this.#copy = undefined
        this.warn(`${path} takes no more of what is said: ${messageOf(error)}`)
      }
    }
  }

  /** A line, or several, for people. */
  say(text: string): void {
    this.#copy?.(`${text}\n`)
    this.#print('stderr', `${text}\n`)
  }

  /** What went wrong with the command as a whole. */
  sayError(message: string): void {
    if (this.#asJson) this.say(JSON.stringify({ type: 'error', message }))
    else this.say(`${this.paint('red', '✖')} ${escapeText(message)}`)
  }

  /** Something that the user should know and that stops nothing. */
  warn(message: string): void {
    if (this.#asJson) this.say(JSON.stringify({ type: 'warning', message }))
    else this.say(`${this.paint('yellow', '⚠')} ${escapeText(message)}`)
  }

  /** Something that happened, in passing: for programs as fields. */
  tell(text: string, facts: object): void {
    this.say(this.#asJson ? JSON.stringify(facts) : this.paint('dim', `· ${escapeText(text)}`))
  }

  /** Results for a terminal. */
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

/** Shows warnings of this process, as of a task that takes very long, in the way of all else that the command says. */
export function showWarnings(screen: Screen): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => screen.warn(warning.message))
}
