import { type Command, Option } from 'commander'

import type { MapOptions } from '../../settings/run-options.ts'

/** Reads a flag's value. `flag` is its long name, for messages: `--jobs`. */
export type Parse<T> = (text: string, flag: string) => T

/** The runs that a flag is for: all; those with inputs; or those of a function over inputs, and not of a workflow. */
export type AppliesTo = 'runs' | 'inputs' | 'functions'

/** A row of a table of flags. The key that it has there is commander's: the long name in camel case. */
export interface Flag {
  /** `-j, --jobs <n>`; without a value it is a boolean; with `[=value]` the value may be left out. */
  readonly flag: string
  /** Absent for booleans, and for texts that are taken as they are. */
  readonly parse?: Parse<unknown>
  /** The value without the flag. Booleans have false. */
  readonly initial?: unknown
  /** `initial` as the help shows it. */
  readonly shownInitial?: string
  /** The text that is read if the flag stands without its `[=value]`. */
  readonly alone?: string
  readonly help: string
  /** The heading in the help that it stands under. */
  readonly group?: string
  readonly appliesTo?: AppliesTo
  /** Said when the flag is refused for a workflow: what to do instead. */
  readonly instead?: string
  /** The option of `map` that the value is passed on as. */
  readonly option?: keyof MapOptions
  /** A configuration file may give the value as JSON that is no text. */
  readonly isJson?: boolean
  /** The key of a flag that cannot be given together with this one. */
  readonly conflicts?: string
  readonly isHidden?: boolean
}

export type FlagTable = Readonly<Record<string, Flag>>

/** The type of a flag's value: that of `parse`; a text if the flag takes one; else a boolean. */
export type FlagValue<F extends Flag> = F extends { readonly parse: Parse<infer T> }
  ? T
  : F extends { readonly flag: `${string}${'<' | '[='}${string}` }
    ? string
    : boolean

/** Keys of flags that are always there, given or not. */
type SureKeys<T extends FlagTable> = {
  [K in keyof T]: T[K] extends { readonly initial: unknown } ? K : FlagValue<T[K]> extends boolean ? K : never
}[keyof T]

/** The values of a table's flags, by their keys. Those without an initial value are absent unless they are given. */
export type FlagsOf<T extends FlagTable> = {
  readonly [K in SureKeys<T>]: FlagValue<T[K]>
} & {
  readonly [K in Exclude<keyof T, SureKeys<T>>]?: FlagValue<T[K]>
}

/** Compiles only for tables whose initial values are values of their flags. */
type Checked<T extends FlagTable> = {
  readonly [K in keyof T]: T[K] extends { readonly initial: infer I }
    ? I extends FlagValue<T[K]>
      ? unknown
      : never
    : unknown
}

/** Gives a command the flags of a table, in its order. */
export function addFlags<T extends FlagTable>(command: Command, table: T & Checked<T>): Command {
  for (const row of Object.values<Flag>(table)) command.addOption(optionOf(row))
  return command
}

/** `--jobs` */
export function longName({ flag }: Flag): string {
  return /--[a-z-]+/.exec(flag)?.[0] ?? flag
}

/** True if a flag has another value than its initial one. */
export function isGiven({ initial }: Flag, value: unknown): boolean {
  return value !== undefined && value !== (initial ?? false)
}

function optionOf(row: Flag): Option {
  const { flag, parse, initial, shownInitial, help, group, conflicts, isHidden } = row
  // Not `[value]`, for which commander would take an input that comes next.
  const option = new Option(flag.replace(/\[=(\w+)\]/, ' <$1>'), help)
  const takesValue = /[<[]/.test(flag)
  if (parse !== undefined) option.argParser((text) => parse(text, longName(row)))
  if (initial !== undefined || !takesValue) option.default(initial ?? false, shownInitial)
  if (group !== undefined) option.helpGroup(group)
  if (conflicts !== undefined) option.conflicts(conflicts)
  return isHidden === true ? option.hideHelp() : option
}
