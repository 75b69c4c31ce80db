import { CommanderError } from 'commander'

import { ManyhandsError } from '../errors/manyhands-error.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'

/** An error of the command as a whole: what to say, and the exit code. */
export interface Explanation {
  readonly message: string
  readonly exitCode: number
}

/** What an error means for whoever called the command; undefined where it is nobody's doing but the command's own. */
export function explainError(error: unknown): Explanation | undefined {
  if (error instanceof CommandError) return { message: error.message, exitCode: error.exitCode }
  if (error instanceof CommanderError) return ofCommander(error)
  if (error instanceof ManyhandsError) return { message: error.message, exitCode: exitCodeOf(error) }
  return undefined
}

function ofCommander(error: CommanderError): Explanation {
  // Help and version are no errors: they have been printed.
  if (error.exitCode === 0) return { message: '', exitCode: EXIT.ok }
  return { message: usageMessage(error), exitCode: EXIT.usage }
}

function exitCodeOf({ code }: ManyhandsError): number {
  if (code === 'MH_INVALID_ARGUMENT') return EXIT.usage
  return code === 'MH_WORKER_START' ? EXIT.noWorkers : EXIT.cannotStart
}

function usageMessage({ message, code }: CommanderError): string {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ')
  const unknown = /^unknown (option|command) '(.*?)'/.exec(text)?.[2] ?? ''
  if (code === 'commander.unknownOption' && /^-\d/.test(unknown))
    return `${text}; inputs that begin with "-" go after "--": … -- ${unknown}`
  if (code === 'commander.unknownCommand' && /[.#/:]/.test(unknown))
    return `${text}; to run a module: manyhands run ${unknown}`
  return text
}
