import { type Command, Option } from 'commander'

import type { HaltOption } from '../../options/halt-rule.ts'
import { type AccessFlags, addAccessOptions } from '../cluster/access-options.ts'
import { parseLocation, type Location } from '../cluster/location.ts'
import { usageError } from '../command-error.ts'
import { INPUT_FORMATS, type InputFormat } from '../inputs/formats/input-format.ts'
import { addCommonOptions, type CommonFlags } from './common-flags.ts'
import { parseHalt, parseRetryDelay, type RetryDelay, parseTimeout } from './rules.ts'
import {
  parseArgs,
  parseConfig,
  parseDuration,
  parseJobs,
  parseNumber,
  wholeNumberFrom,
  parsePositive,
  parseSize,
  oneOfWords,
} from './values.ts'

/** The options of `manyhands run`, in their final form. Those without a default are absent where they are not given. */
export interface RunFlags extends CommonFlags, AccessFlags {
  readonly jobs?: number
  readonly on: Location
  readonly batch?: number | 'auto'
  readonly concurrency?: number
  readonly literal: boolean
  readonly format: InputFormat | 'auto'
  readonly spread: boolean
  readonly args?: readonly unknown[]
  readonly config?: unknown
  readonly priority?: number
  readonly skip: number
  readonly limit: number
  readonly output?: string
  readonly order: 'input' | 'done'
  readonly logs: 'ordered' | 'inherit' | 'off'
  readonly retries: number
  readonly retryDelay: RetryDelay
  readonly workerDeaths?: number
  readonly timeout?: number | `${number}%`
  readonly progressInterval?: number
  readonly dryRun: boolean
  /** Stop where a task throws. */
  readonly debug: boolean
  readonly verbose: boolean
  readonly json: boolean
  readonly progress: 'auto' | 'bar' | 'lines' | 'json' | 'none'
  readonly log?: string
  /** The folder of results that are kept. */
  readonly cache?: string
  /** The run to go on with. */
  readonly resume?: string
  readonly halt?: HaltOption | 'never'
  readonly failFast: boolean
  /** Of the run to go on with, only what failed. */
  readonly onlyFailed: boolean
  /** What another function gave before counts as done. */
  readonly allowChanged: boolean
  readonly deadline?: number
  readonly maxMemory?: number
  readonly memfree?: number
  readonly rate?: number
  readonly maxTasks?: number
}

const atLeastOne = (option: string): ((text: string) => number) => wholeNumberFrom(1, option)
const zeroOrMore = (option: string): ((text: string) => number) => wholeNumberFrom(0, option)

/** Gives `run` its options, by what they are about. */
export function addRunOptions(command: Command): Command {
  command
    .optionsGroup('Work:')
    .option(
      '-j, --jobs <n>',
      'workers: 8, 50%, all, -2 or all-1 (all but one) (default: the cores of this process)',
      parseJobs,
    )
    .option(
      '--on <where>',
      'processes, threads, serial (here, for debugging), or nats://host:4222',
      parseLocation,
      'processes',
    )
    .option('--concurrency <n>', 'async tasks at a time per worker (default: 1)', atLeastOne('--concurrency'))
    .option('--batch <n>', 'inputs per message to a worker (default: auto)', parseBatch)
    .optionsGroup('Input:')
    .option('--literal', 'inputs are values: no globs, no @', false)
    .option(
      '--format <format>',
      'of files and stdin: lines, null (as find -print0 writes), json, jsonl, csv or tsv (auto: by file name)',
      oneOfWords(['auto', ...INPUT_FORMATS], '--format'),
      'auto',
    )
    .option('--spread', 'an input that is an array is the list of arguments', false)
    .option('--args <json>', 'constant arguments after each input: \'[2, "x"]\'', parseArgs)
    .addOption(
      new Option('--config <json>', "a pipeline's config: JSON, or @file with JSON")
        .argParser(parseConfig)
        .conflicts('args'),
    )
    .option('--skip <n>', 'leave out the first inputs', zeroOrMore('--skip'), 0)
    .addOption(
      new Option('--limit <n>', 'take no more inputs than that')
        .argParser(zeroOrMore('--limit'))
        .default(Infinity, 'all of them'),
    )
    .option('--priority <n>', 'higher starts first', (text) => parseNumber(text, '--priority'))
    .optionsGroup('Output:')
    .option('-o, --output <file>', 'results as JSON Lines (default: stdout)')
    .option(
      '--order <order>',
      'of the results: input, or done (as they come)',
      oneOfWords(['input', 'done'], '--order'),
      'input',
    )
    .option(
      '--logs <how>',
      'what tasks print: ordered, inherit (as it comes), or off',
      oneOfWords(['ordered', 'inherit', 'off'], '--logs'),
      'ordered',
    )
    .option('--log <file>', 'job log, a line for each attempt (default: .manyhands/<run>/log.jsonl)')
    .option(
      '--progress <how>',
      'auto, bar, lines, json, or none',
      oneOfWords(['auto', 'bar', 'lines', 'json', 'none'], '--progress'),
      'auto',
    )
    .option(
      '--progress-interval <time>',
      'between two lines, where there is no bar (default: 10s)',
      parseProgressInterval,
    )
    .option('--dry-run', 'only show the inputs that the function would run for', false)
    .option('--debug', 'one after the other, here, and stop at the line that throws', false)
    .option('-v, --verbose', 'tell of each start, end, retry and worker', false)
    .option('--json', 'failures and the summary as JSON Lines', false)
  addAccessOptions(command, { server: false })
  addCommonOptions(command)
  return command
    .optionsGroup('Failures:')
    .option('--timeout <time>', 'per task: 30s, or 300% of the median of those that succeeded', parseTimeout)
    .option('--retries <n>', 'run a task again that threw or timed out', zeroOrMore('--retries'), 0)
    .addOption(
      new Option('--retry-delay <a..b>', 'before it runs again, doubling')
        .argParser(parseRetryDelay)
        .default({ delay: 1_000, maxDelay: 60_000 }, '1s..1m'),
    )
    .option(
      '--worker-deaths <n>',
      'run a task again whose worker died under it (default: 1; on a cluster 3)',
      zeroOrMore('--worker-deaths'),
    )
    .option('--deadline <time>', 'for the whole run: 2h', (text) =>
      positive(parseDuration(text, '--deadline'), text, '--deadline'),
    )
    .option(
      '--halt <rule>',
      'end early: now or soon, then fail, success or done = a number or a share: now,fail=10%',
      parseHalt,
    )
    .option('--fail-fast', 'the same as --halt now,fail=1', false)
    .optionsGroup('Resume:')
    .option(
      '--resume <run>',
      'leave out what succeeded in that run (default: the last one); results go to the end of -o',
    )
    .option('--allow-changed', 'go on also where the function has changed since', false)
    .option('--cache <dir>', 'reuse results of the same input and the same code (default: .manyhands/cache)')
    .addOption(new Option('--only-failed').default(false).hideHelp())
    .optionsGroup('Limits:')
    .option('--max-memory <size>', 'per worker, which is then replaced: 2G', (text) =>
      positive(parseSize(text, '--max-memory'), text, '--max-memory'),
    )
    .option('--memfree <size>', 'start nothing while less memory is free on this machine', (text) =>
      parseSize(text, '--memfree'),
    )
    .option('--rate <n>', 'most starts per second', (text) => parsePositive(text, '--rate'))
    .option('--max-tasks <n>', 'replace a worker after so many tasks', atLeastOne('--max-tasks'))
    .optionsGroup('Help:')
}

function positive(value: number, text: string, option: string): number {
  if (value > 0) return value
  throw usageError(`${option}: expected more than nothing, got "${text}"`)
}

function parseBatch(text: string): number | 'auto' {
  return text === 'auto' ? text : atLeastOne('--batch')(text)
}

function parseProgressInterval(text: string): number {
  return Math.max(1, parseDuration(text, '--progress-interval'))
}
