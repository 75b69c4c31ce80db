import { openSync, writeSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

import { type Print, printDirectly } from '../../logs/print.ts'
import { escapeText } from '../../util/escape-text.ts'
import { messageOf } from '../../util/message-of.ts'
import { type Paint, paintFor } from '../../util/paint.ts'
import { CommandError } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'

/** Everything that the command shows goes through here, so that nothing spoils the bar. */
export class Screen {
  /** For what goes to stderr. */
  readonly paint: Paint = paintFor(process.stderr)
  #print: Print = printDirectly
  /** Takes a copy of what is said. */
  #copy: ((text: string) => void) | undefined

  /** Prints through what shows the progress, or directly again. */
  printWith(print: Print = printDirectly): void {
    this.#print = print
  }

  /** From now on what is said is also written to a file. */
  copyTo(path: string): void {
    const fd = openForAppending(path)
    this.#copy = (text) => writeSync(fd, stripVTControlCharacters(text))
  }

  /** A line, or several, for people. */
  say(text: string): void {
    this.#copy?.(`${text}\n`)
    this.#print('stderr', `${text}\n`)
  }

  /** What went wrong with the command as a whole. */
  sayError(message: string): void {
    this.say(`${this.paint('red', '✖')} ${escapeText(message)}`)
  }

  /** Something that the user should know and that stops nothing. */
  warn(message: string): void {
    this.say(`${this.paint('yellow', '⚠')} ${escapeText(message)}`)
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
