import { type Command, Option } from 'commander'

import { parseArgs } from './parse/parse-args.ts'
import { parseDuration } from './parse/parse-duration.ts'
import { parseJobs } from './parse/parse-jobs.ts'
import { parseNumber, wholeNumberFrom } from './parse/parse-number.ts'
import { parseRetryDelay, type RetryDelay } from './parse/parse-retry-delay.ts'
import { parseTimeout } from './parse/parse-timeout.ts'
import { oneOfWords } from './parse/parse-word.ts'

/** The options of `manyhands run`, in their final form. Those without a default are absent where they are not given. */
export interface RunFlags {
  readonly jobs?: number
  readonly on: 'processes' | 'threads' | 'serial'
  readonly batch?: number | 'auto'
  readonly concurrency?: number
  readonly literal: boolean
  readonly spread: boolean
  readonly args?: readonly unknown[]
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
  readonly quiet: boolean
}

const atLeastOne = (option: string): ((text: string) => number) => wholeNumberFrom(1, option)
const zeroOrMore = (option: string): ((text: string) => number) => wholeNumberFrom(0, option)

/** Gives `run` its options, by what they are about. */
export function addRunOptions(command: Command): Command {
  return command
    .optionsGroup('Work:')
    .option(
      '-j, --jobs <n>',
      'workers: 8, 50%, all, -2 or all-1 (all but one) (default: the cores of this process)',
      parseJobs,
    )
    .option(
      '--on <where>',
      'processes, threads, or serial (here, for debugging)',
      oneOfWords(['processes', 'threads', 'serial'], '--on'),
      'processes',
    )
    .option('--concurrency <n>', 'async tasks at a time per worker (default: 1)', atLeastOne('--concurrency'))
    .option('--batch <n>', 'inputs per message to a worker (default: auto)', parseBatch)
    .optionsGroup('Input:')
    .option('--literal', 'inputs are values: no globs, no @', false)
    .option('--spread', 'an input that is an array is the list of arguments', false)
    .option('--args <json>', 'constant arguments after each input: \'[2, "x"]\'', parseArgs)
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
    .option(
      '--progress-interval <time>',
      'between two lines, where there is no bar (default: 10s)',
      parseProgressInterval,
    )
    .option('-q, --quiet', 'no progress and no summary; failures only', false)
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
      'run a task again whose worker died under it (default: 1)',
      zeroOrMore('--worker-deaths'),
    )
    .optionsGroup('Help:')
}

function parseBatch(text: string): number | 'auto' {
  return text === 'auto' ? text : atLeastOne('--batch')(text)
}

function parseProgressInterval(text: string): number {
  return Math.max(1, parseDuration(text, '--progress-interval'))
}
