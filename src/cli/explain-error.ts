import { CommanderError } from 'commander'

import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { ManyhandsError } from '../errors/manyhands-error.ts'
import { JournalError } from '../errors/run-errors.ts'
import { TaskError } from '../errors/task-errors.ts'
import { meantByWord } from '../options/foreign-words.ts'
import { CommandError, EXIT } from './command-error.ts'
import { longName } from './flags/flag-table.ts'
import { ALL_RUN_FLAGS } from './flags/run-flags.ts'

const RUN_FLAGS = Object.values(ALL_RUN_FLAGS).map((row) => longName(row).replace(/^--/, ''))

/** Advice for options of other tools. */
const COMMANDS: Readonly<Record<string, string>> = {
  '--resume-failed': 'what failed is run again by: manyhands retry last',
  '--retry-failed': 'what failed is run again by: manyhands retry last',
  '-k': 'results are in the order of the inputs, unless --order done says otherwise',
}

/** An error of the command as a whole: its message and exit code. */
export interface Explanation {
  readonly message: string
  readonly exitCode: number
}

/** Explains an error to the user of the command; undefined for errors of the command itself. */
export function explainError(error: unknown): Explanation | undefined {
  if (error instanceof CommandError) return { message: error.message, exitCode: error.exitCode }
  if (error instanceof CommanderError) return ofCommander(error)
  if (error instanceof JournalError && error.hashes !== undefined) return ofChange(error.hashes)
  if (error instanceof InvalidArgumentError) return { message: asFlag(error), exitCode: EXIT.usage }
  if (isGoneFolder(error)) return { message: 'the current folder does not exist any more', exitCode: EXIT.cannotStart }
  // Of a reduction: a part of it failed that is not about one input.
  if (error instanceof TaskError) return { message: error.message, exitCode: EXIT.someFailed }
  if (error instanceof ManyhandsError) {
    const { message, code } = error
    return { message, exitCode: code === 'MH_WORKER_START' ? EXIT.noWorkers : EXIT.cannotStart }
  }
  return undefined
}

function ofChange({ was, is }: NonNullable<JournalError['hashes']>): Explanation {
  const message =
    `the function has changed since that run: it was ${was}, it is ${is}. Its earlier results may differ from those ` +
    `it gives now: run all inputs again without --resume, or resume all the same with --allow-changed`
  return { message, exitCode: EXIT.cannotStart }
}

/** Turns the name of an option in a message into that of its flag. Other names are flags already, or variables. */
function asFlag({ message, option }: InvalidArgumentError): string {
  if (!/^[a-z]/.test(option)) return message
  const flag = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return message.startsWith(`${option}:`) ? `--${flag}${message.slice(option.length)}` : message
}

function isGoneFolder(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall === 'uv_cwd'
}

function ofCommander(error: CommanderError): Explanation {
  // Help and version are not errors: they have been printed.
  if (error.exitCode === 0) return { message: '', exitCode: EXIT.ok }
  return { message: usageMessage(error), exitCode: EXIT.usage }
}

function usageMessage({ message, code }: CommanderError): string {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ')
  const unknown = /^unknown (option|command) '(.*?)'/.exec(text)?.[2] ?? ''
  if (code === 'commander.unknownOption' && /^-\d/.test(unknown))
    return `${text}; inputs that begin with "-" go after "--": … -- ${unknown}`
  const command = Object.hasOwn(COMMANDS, unknown) ? COMMANDS[unknown] : undefined
  if (code === 'commander.unknownOption' && command !== undefined) return `${text}; ${command}`
  const meant = code === 'commander.unknownOption' ? meantByWord(unknown, RUN_FLAGS) : undefined
  if (meant !== undefined) return `unknown option '${unknown}' (Did you mean --${meant}?)`
  if (code === 'commander.unknownCommand' && /[.#/:]/.test(unknown))
    return `${text}; to run a module: manyhands run ${unknown}`
  return text
}
