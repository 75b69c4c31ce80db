import type { Journal } from '../../journal/journal.ts'
import type { MapOptions, RunOptions } from '../../settings/run-options.ts'
import type { FlagValue } from './flag-table.ts'
import { RUN_FLAGS, type RunFlags } from './run-flags.ts'

type Rows = typeof RUN_FLAGS

/** The options that flags are passed on as, with the types of the flags. */
type PassedOn = {
  -readonly [K in keyof Rows as Rows[K] extends { readonly option: infer O extends keyof MapOptions } ? O : never]?:
    | FlagValue<Rows[K]>
    | undefined
}

/** The options that functions over inputs and workflows share. */
export type SharedOptions = Omit<RunOptions, 'journal'>

/** The options of `map` for a function of which nothing is known, with a journal that is kept elsewhere. */
export interface AnyMapOptions extends SharedOptions {
  readonly spread: boolean
  readonly args: readonly unknown[]
  readonly journal?: Journal
}

/**
 * The options of `map` that no flag is passed on as, and the flags that set them in another way; none for what the
 * command does not offer. Does not compile if an option of `map` is missing.
 */
export const SET_OTHERWISE: Readonly<Record<Exclude<keyof MapOptions, keyof PassedOn>, readonly string[]>> = {
  args: ['--args', '--config'],
  spread: ['--spread'],
  backend: ['--on'],
  workers: ['--jobs'],
  ordered: ['--order'],
  retries: ['--retries', '--retry-delay'],
  halt: ['--halt', '--fail-fast'],
  journal: ['--log', '--resume'],
  cache: ['--cache'],
  progress: ['--progress', '--progress-interval'],
  logs: ['--logs'],
  observe: ['--verbose', '--telemetry', '--metrics'],
  onEvent: [],
  skip: ['--resume'],
  // Failures are reported as they come.
  onError: [],
  // The inputs tell their number, the module its name, Ctrl-C ends the run.
  total: [],
  name: [],
  signal: [],
  copy: [],
  window: [],
  stallTimeout: [],
  share: [],
  fallback: [],
  inspect: [],
}

/** The options that the flags of a run mean, for functions and workflows alike. */
export function runOptionsOf(flags: RunFlags): SharedOptions {
  const halt = flags.failFast ? 'now,fail=1' : flags.halt
  return {
    ...passedOn(flags),
    ordered: flags.order === 'input',
    retries: { times: flags.retries, ...flags.retryDelay },
    ...(halt !== undefined && halt !== 'never' && { halt }),
  }
}

function passedOn(flags: RunFlags): PassedOn {
  const options: Record<string, unknown> = {}
  for (const [key, row] of Object.entries(RUN_FLAGS))
    if ('option' in row && flags[key as keyof Rows] !== undefined) options[row.option] = flags[key as keyof Rows]
  return options
}

/** The arguments that each call of the function gets after its input. */
export function constantsOf({ args, config }: RunFlags): readonly unknown[] {
  return args ?? (config === undefined ? [] : [config])
}
