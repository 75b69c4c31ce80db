import type { Command } from 'commander'

import { usageError } from '../command-error.ts'

/** The options that stand after `retry`, without the run that it names. They count among those of the run. */
export function ownRetryArgs(command: Command, args: readonly string[]): string[] {
  for (const name of ['skip', 'limit'])
    if (command.getOptionValueSource(name) === 'cli')
      throw usageError(`--${name} counts the inputs of the run, not those that failed: leave it out`)
  return args.toSpliced(operandAt(command, args), 1)
}

/** The arguments of a run that is run again, with some options added: before a `--`, behind which all are inputs. */
export function againWith(args: readonly string[], options: readonly string[]): string[] {
  const end = args.indexOf('--')
  return end < 0 ? [...args, ...options] : args.toSpliced(end, 0, ...options)
}

/** Where the first argument stands that is neither an option nor the value of one. */
function operandAt(command: Command, args: readonly string[]): number {
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string
    if (arg === '--') return at + 1
    if (!arg.startsWith('-') || arg === '-') return at
    const option = command.options.find(({ short, long }) => arg === short || arg === long)
    if (option?.required === true) at++
  }
  return args.length
}
