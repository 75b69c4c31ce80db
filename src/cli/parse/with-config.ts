import { readFileSync } from 'node:fs'

import { usageError } from '../command-error.ts'

const OPTION = '--config-file'

/** Arguments with those of the file that `--config-file` names put before the others, so that flags win. */
export function withConfig(args: readonly string[]): string[] {
  const at = args.findIndex((arg) => arg === OPTION || arg.startsWith(`${OPTION}=`))
  const end = args.indexOf('--')
  if (at < 0 || (end >= 0 && at > end)) return [...args]
  const joined = args[at]?.startsWith(`${OPTION}=`) === true
  const path = joined ? args[at]?.slice(OPTION.length + 1) : args[at + 1]
  if (path === undefined || path === '') throw usageError(`${OPTION}: expected the path of a JSON file`)
  const rest = args.toSpliced(at, joined ? 1 : 2)
  const [command, ...others] = rest
  return command === undefined ? rest : [command, ...flagsOf(path), ...others]
}

function flagsOf(path: string): string[] {
  let config: unknown
  try {
    config = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw usageError(`cannot read the configuration ${path}: ${(error as Error).message}`)
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw usageError(`${path}: expected an object with the names of flags, such as { "jobs": 4, "timeout": "30s" }`)
  return Object.entries(config).flatMap(([name, value]) => flag(path, name, value))
}

function flag(path: string, name: string, value: unknown): string[] {
  if (value === true) return [`--${name}`]
  if (value === false || value === null) return []
  if (typeof value === 'string' || typeof value === 'number') return [`--${name}=${value}`]
  if (name === 'args') return [`--args=${JSON.stringify(value)}`]
  throw usageError(`${path}: "${name}" takes a text, a number, or true, not ${JSON.stringify(value)}`)
}
