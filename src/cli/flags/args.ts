import { readFileSync } from 'node:fs'

import type { Command } from 'commander'

import { didYouMean, nearestName } from '../../util/nearest-name.ts'
import { usageError } from '../command-error.ts'
import { isRun } from '../runs/run-record.ts'
import { longName } from './flag-table.ts'
import { ALL_RUN_FLAGS } from './run-flags.ts'

const OPTION = '--config-file'

/** The rows of flags, by their long names. */
const ROWS = new Map(Object.values(ALL_RUN_FLAGS).map((row) => [longName(row), row]))

/** Does what the parser cannot do itself: takes flags from a file, and gives flags that stand alone their value. */
export function completeArgs(args: readonly string[], program: Command): string[] {
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  const complete = withConfig(options, program).map((arg, at, all) => {
    const next = all[at + 1]
    if (arg === '--resume' && next !== undefined && isRun(next))
      throw usageError(`to resume that run write --resume=${next}`)
    const alone = ROWS.get(arg)?.alone
    return alone === undefined ? arg : `${arg}=${alone}`
  })
  return end < 0 ? complete : [...complete, ...args.slice(end)]
}

/** Puts the flags of the file that `--config-file` names before the others, so that those win. */
function withConfig(args: readonly string[], program: Command): string[] {
  const at = args.findIndex((arg) => arg === OPTION || arg.startsWith(`${OPTION}=`))
  if (at < 0) return [...args]
  const joined = args[at]?.startsWith(`${OPTION}=`) === true
  const path = joined ? args[at]?.slice(OPTION.length + 1) : args[at + 1]
  if (path === undefined || path === '') throw usageError(`${OPTION}: expected the path of a JSON file`)
  const rest = args.toSpliced(at, joined ? 1 : 2)
  const [command, ...others] = rest
  return command === undefined ? rest : [command, ...flagsOf(path, command, program), ...others]
}

function flagsOf(path: string, command: string, program: Command): string[] {
  const all = new Set(program.commands.flatMap(flagNames))
  const own = program.commands.find((other) => other.name() === command)
  return Object.entries(readConfig(path)).flatMap(([name, value]) => {
    if (!all.has(name)) throw usageError(`${path}: there is no option "${name}".${didYouMean(nearestName(name, all))}`)
    // One file serves all commands: flags of other commands are left out.
    const option = own?.options.find(({ long }) => long === `--${name}`)
    return own === undefined || option !== undefined ? flag(path, name, value, option?.required === true) : []
  })
}

function flagNames(command: Command): string[] {
  return command.options.flatMap(({ long }) => (long === undefined || long === null ? [] : [long.slice('--'.length)]))
}

function readConfig(path: string): object {
  let config: unknown
  try {
    config = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw usageError(`cannot read the configuration ${path}: ${(error as Error).message}`)
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw usageError(`${path}: expected an object with the names of flags, such as { "jobs": 4, "timeout": "30s" }`)
  return config
}

function flag(path: string, name: string, value: unknown, takesValue: boolean): string[] {
  if (value === false || value === null) return []
  const row = ROWS.get(`--${name}`)
  if (value === true && (!takesValue || row?.alone !== undefined)) return [`--${name}`]
  if (takesValue && (typeof value === 'string' || typeof value === 'number')) return [`--${name}=${value}`]
  if (row?.isJson === true) return [`--${name}=${JSON.stringify(value)}`]
  throw usageError(
    `${path}: "${name}" takes ${takesValue ? 'a text or a number' : 'true or false'}, not ${JSON.stringify(value)}`,
  )
}

/** Returns the options after `retry`, without the run that it names. They are added to those of the run. */
export function ownRetryArgs(command: Command, args: readonly string[]): string[] {
  for (const name of ['skip', 'limit'])
    if (command.getOptionValueSource(name) === 'cli')
      throw usageError(`--${name} counts the inputs of the run, not those that failed: leave it out`)
  return args.toSpliced(operandAt(command, args), 1)
}

/** Adds options to the arguments of a run: before a `--`, after which all are inputs. */
export function againWith(args: readonly string[], options: readonly string[]): string[] {
  const end = args.indexOf('--')
  return end < 0 ? [...args, ...options] : args.toSpliced(end, 0, ...options)
}

/** Finds the first argument that is neither an option nor the value of one. */
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
