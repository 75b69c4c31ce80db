import { InvalidArgumentError } from '../errors/argument-errors.ts'
import type { Check } from './checks.ts'
import { describeValue } from './describe-value.ts'
import { meantName } from './foreign-words.ts'

/** The checks of a call's options, by name. */
export type OptionTable = Readonly<Record<string, Check>>

/** The options of a call, checked. Those that were left out, or given as undefined, are absent. */
export type Checked<T extends OptionTable> = { readonly [K in keyof T]?: ReturnType<T[K]> }

/** The types of options after their checks. `Forms` has the types of those that a check converts. */
export type SettingsOf<Options, Forms> = {
  readonly [K in keyof Options]?: K extends keyof Forms ? Forms[K] : Exclude<Options[K], undefined>
}

/** A check for each setting: a table that lacks one does not compile. */
export type ChecksOf<Settings> = { readonly [K in keyof Settings]-?: Check<Exclude<Settings[K], undefined>> }

/**
 * Checks options against a table. `within` is the option that these are parts of, for messages: `retries`.
 *
 * @throws {InvalidArgumentError} for an unknown option, with the nearest name that exists, and for a wrong value.
 */
export function readOptions<T extends OptionTable>(options: unknown, table: T, within?: string): Checked<T> {
  if (options === undefined) return {}
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidArgumentError(within ?? 'options', 'an object', describeValue(options))
  }
  const path = (name: string): string => (within === undefined ? name : `${within}.${name}`)
  const checked: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(table, name) ? table[name] : undefined
    if (check === undefined) throw unknownOption(path(name), name, Object.keys(table))
    if (value !== undefined) checked[name] = check(value, path(name))
  }
  return checked as Checked<T>
}

function unknownOption(path: string, name: string, known: readonly string[]): InvalidArgumentError {
  return new InvalidArgumentError(
    path,
    `one of the options ${known.join(', ')}`,
    `the unknown option "${path}"`,
    meantName(name, known),
  )
}
