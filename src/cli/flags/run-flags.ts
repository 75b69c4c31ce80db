/* oxlint-disable typescript/no-unnecessary-type-assertion -- the type of a value that is declared must stand there */
import type { Command } from 'commander'

import { FILE_FORMATS, type FileFormat } from '../../files/file-format.ts'
import type { HaltOption } from '../../options/halt-rule.ts'
import { MAX_BATCH } from '../../wire/protocol/beacon.ts'
import { ACCESS_FLAGS, type AccessFlags } from '../cluster/access-flags.ts'
import { type Location, parseLocation } from '../cluster/location.ts'
import { COMMON_FLAGS, type CommonFlags } from './common-flags.ts'
import { addFlags, type FlagsOf, type FlagTable, type Parse } from './flag-table.ts'
import { parseBatch, parseHalt, parseRetryDelay, parseTimeout, type RetryDelay } from './rules.ts'
import {
  above0,
  type Address,
  oneOfWords,
  parseAddress,
  parseDuration,
  parseJobs,
  parseJsonArray,
  parseJsonOrFile,
  parseNames,
  parseNumber,
  parseOutput,
  parsePositive,
  parseSize,
  wholeNumberFrom,
} from './values.ts'

type ProgressStyle = 'auto' | 'bar' | 'lines' | 'json' | 'none'

/**
 * The flags of `manyhands run`. All else follows from this table: the help, the type `RunFlags`, which flags may stand
 * without a value, what a workflow refuses, and the options that are passed on to the run.
 */
export const RUN_FLAGS = {
  jobs: {
    flag: '-j, --jobs <n>',
    parse: parseJobs as Parse<number>,
    group: 'Work:',
    help: 'workers: 8, 50%, all, -2 or all-1 (all but one) (default: the cores of this process)',
    appliesTo: 'runs',
  },
  on: {
    flag: '--on <where>',
    parse: parseLocation as Parse<Location>,
    initial: 'processes',
    group: 'Work:',
    help: 'processes, threads, serial (here, for debugging), or nats://host:4222',
    appliesTo: 'runs',
  },
  concurrency: {
    flag: '--concurrency <n>',
    parse: wholeNumberFrom(1) as Parse<number>,
    group: 'Work:',
    help: 'async tasks at a time per worker (default: 1)',
    appliesTo: 'runs',
    option: 'concurrency',
  },
  batch: {
    flag: '--batch <n>',
    parse: parseBatch as Parse<number | 'auto'>,
    group: 'Work:',
    help: 'inputs per message to a worker (default: auto)',
    appliesTo: 'runs',
    option: 'batch',
  },
  priority: {
    flag: '--priority <n>',
    parse: parseNumber as Parse<number>,
    group: 'Work:',
    help: 'priority among runs that share workers: higher starts first (default: 0)',
    appliesTo: 'runs',
    option: 'priority',
  },
  literal: {
    flag: '--literal',
    group: 'Input:',
    help: 'take inputs as values: no globs, no @',
    appliesTo: 'inputs',
  },
  format: {
    flag: '--format <format>',
    parse: oneOfWords(['auto', ...FILE_FORMATS]) as Parse<FileFormat | 'auto'>,
    initial: 'auto',
    group: 'Input:',
    help: 'format of files and stdin: lines, null (as find -print0 writes), json, jsonl, csv, tsv, parquet or arrow; auto: by file name',
    appliesTo: 'inputs',
  },
  numbers: {
    flag: '--numbers <how>',
    parse: oneOfWords(['rounded', 'exact']) as Parse<'rounded' | 'exact'>,
    initial: 'rounded',
    group: 'Input:',
    help: 'integers beyond 2^53 in JSON: rounded (with a warning), or exact (as bigints; 1e400 as a text)',
    appliesTo: 'inputs',
  },
  batched: {
    flag: '--batched <n>',
    parse: wholeNumberFrom(1, MAX_BATCH) as Parse<number>,
    group: 'Input:',
    help: 'call the function with arrays of up to n inputs; it returns an array of as many results',
    appliesTo: 'functions',
    conflicts: 'spread',
  },
  reduce: {
    flag: '--reduce',
    group: 'Input:',
    help: 'make one value of all inputs, by an export made by reducer({ initial, add, combine })',
    appliesTo: 'functions',
    instead: 'gather(fn)(…) makes one item of many',
  },
  spread: {
    flag: '--spread',
    group: 'Input:',
    help: 'take an input that is an array as the list of arguments',
    appliesTo: 'functions',
  },
  args: {
    flag: '--args <json>',
    parse: parseJsonArray as Parse<readonly unknown[]>,
    group: 'Input:',
    help: 'constant arguments after each input: \'[2, "x"]\'',
    appliesTo: 'functions',
    isJson: true,
  },
  config: {
    flag: '--config <json>',
    parse: parseJsonOrFile as Parse<unknown>,
    group: 'Input:',
    help: 'config of a pipeline: JSON, or @file with JSON',
    appliesTo: 'functions',
    isJson: true,
    conflicts: 'args',
  },
  steps: {
    flag: '--steps <names>',
    parse: parseNames as Parse<readonly string[]>,
    group: 'Input:',
    help: 'run these steps of a pipeline, in this order: raw,dark,search/find',
    appliesTo: 'functions',
    conflicts: 'args',
  },
  skip: {
    flag: '--skip <n>',
    parse: wholeNumberFrom(0) as Parse<number>,
    initial: 0,
    group: 'Input:',
    help: 'leave out the first n inputs',
    appliesTo: 'inputs',
  },
  limit: {
    flag: '--limit <n>',
    parse: wholeNumberFrom(0) as Parse<number>,
    initial: Infinity as number,
    shownInitial: 'all of them',
    group: 'Input:',
    help: 'take at most n inputs',
    appliesTo: 'inputs',
  },
  output: {
    flag: '-o, --output <file>',
    parse: parseOutput as Parse<string>,
    group: 'Output:',
    help: 'file for the results: JSON Lines, or as its name says: .csv .tsv .json .parquet .arrow, .gz .zst .br (default: stdout)',
    appliesTo: 'runs',
  },
  order: {
    flag: '--order <order>',
    parse: oneOfWords(['input', 'done']) as Parse<'input' | 'done'>,
    initial: 'input',
    group: 'Output:',
    help: 'order of the results: input, or done (as they come)',
    appliesTo: 'runs',
  },
  logs: {
    flag: '--logs <how>',
    parse: oneOfWords(['ordered', 'inherit', 'off']) as Parse<'ordered' | 'inherit' | 'off'>,
    initial: 'ordered',
    group: 'Output:',
    help: 'what tasks print: ordered, inherit (as it comes), or off',
    appliesTo: 'runs',
  },
  log: {
    flag: '--log <file>',
    group: 'Output:',
    help: 'job log, a line for each attempt (default: .manyhands/<run>/log.jsonl)',
    appliesTo: 'functions',
  },
  report: {
    flag: '--report <file>',
    group: 'Output:',
    help: 'report of the run, written at its end: .html, .md or .json, by its name',
    appliesTo: 'runs',
  },
  trace: {
    flag: '--trace <file>',
    group: 'Output:',
    help: 'trace of the run for Perfetto and other viewers, written at its end: .json or .json.gz',
    appliesTo: 'runs',
  },
  telemetry: {
    flag: '--telemetry',
    group: 'Output:',
    help: 'tell OpenTelemetry of the run, by the SDK that --import loads; TRACEPARENT is its parent',
    appliesTo: 'runs',
  },
  metrics: {
    flag: '--metrics <address>',
    parse: parseAddress as Parse<Address>,
    group: 'Output:',
    help: 'serve figures for Prometheus at HOST:PORT/metrics while it runs',
    appliesTo: 'runs',
  },
  progress: {
    flag: '--progress <how>',
    parse: oneOfWords(['auto', 'bar', 'lines', 'json', 'none']) as Parse<ProgressStyle>,
    initial: 'auto',
    group: 'Output:',
    help: 'progress on stderr: auto, bar, lines, json, or none',
    appliesTo: 'runs',
  },
  progressInterval: {
    flag: '--progress-interval <time>',
    parse: parseDuration as Parse<number>,
    group: 'Output:',
    help: 'time between two lines if there is no bar (default: 10s; as JSON 1s)',
    appliesTo: 'runs',
  },
  dryRun: {
    flag: '--dry-run',
    group: 'Output:',
    help: 'only show the inputs that the function would run for',
    appliesTo: 'functions',
    instead: 'manyhands plan says what would run',
  },
  debug: {
    flag: '--debug',
    group: 'Output:',
    help: 'run one after the other, here, and stop at the line that throws',
    appliesTo: 'runs',
    option: 'debug',
  },
  verbose: {
    flag: '-v, --verbose',
    group: 'Output:',
    help: 'tell of each start, end, retry and worker',
    appliesTo: 'runs',
  },
  json: {
    flag: '--json',
    group: 'Output:',
    help: 'write failures and the summary as JSON Lines',
    appliesTo: 'runs',
  },
  timeout: {
    flag: '--timeout <time>',
    parse: parseTimeout as Parse<number | `${number}%`>,
    group: 'Failures:',
    help: 'limit per task: 30s, or 300% of the median of those that succeeded',
    appliesTo: 'runs',
    option: 'timeout',
  },
  retries: {
    flag: '--retries <n>',
    parse: wholeNumberFrom(0) as Parse<number>,
    initial: 0,
    group: 'Failures:',
    help: 'run a task again up to n times if it throws or times out',
    appliesTo: 'runs',
  },
  retryDelay: {
    flag: '--retry-delay <a..b>',
    parse: parseRetryDelay as Parse<RetryDelay>,
    initial: { delay: 1_000, maxDelay: 60_000 },
    shownInitial: '1s..1m',
    group: 'Failures:',
    help: 'time before it runs again, doubling',
    appliesTo: 'runs',
  },
  workerDeaths: {
    flag: '--worker-deaths <n>',
    parse: wholeNumberFrom(0) as Parse<number>,
    group: 'Failures:',
    help: 'run a task again up to n times if its worker dies under it (default: 1; on a cluster 3)',
    appliesTo: 'runs',
    option: 'workerDeaths',
  },
  deadline: {
    flag: '--deadline <time>',
    parse: above0('a time', parseDuration) as Parse<number>,
    group: 'Failures:',
    help: 'limit for the whole run: 2h',
    appliesTo: 'runs',
    option: 'deadline',
  },
  halt: {
    flag: '--halt <rule>',
    parse: parseHalt as Parse<HaltOption | 'never'>,
    group: 'Failures:',
    help: 'end early: now or soon, then fail, success or done = a number or a share: now,fail=10%',
    appliesTo: 'runs',
  },
  failFast: {
    flag: '--fail-fast',
    group: 'Failures:',
    help: 'same as --halt now,fail=1',
    appliesTo: 'runs',
  },
  resume: {
    flag: '--resume[=run]',
    alone: 'last',
    group: 'Resume:',
    help: 'leave out what succeeded in that run (default: the last one); results go to the end of -o',
    appliesTo: 'functions',
    instead: 'it resumes from its cache, not from a run',
  },
  allowChanged: {
    flag: '--allow-changed',
    group: 'Resume:',
    help: 'resume although the function has changed since',
    appliesTo: 'functions',
  },
  cache: {
    flag: '--cache[=dir]',
    alone: '.manyhands/cache',
    group: 'Resume:',
    help: 'reuse results of the same input and the same code (default: .manyhands/cache)',
    appliesTo: 'runs',
  },
  // Of the run to resume, only what failed: `manyhands retry` sets it.
  onlyFailed: { flag: '--only-failed', help: '', appliesTo: 'functions', isHidden: true },
  maxMemory: {
    flag: '--max-memory <size>',
    parse: above0('a size', parseSize) as Parse<number>,
    group: 'Limits:',
    help: 'memory of a worker, which is replaced above it: 2G',
    appliesTo: 'functions',
  },
  memfree: {
    flag: '--memfree <size>',
    parse: parseSize as Parse<number>,
    group: 'Limits:',
    help: 'start nothing while less memory is free on this machine',
    appliesTo: 'runs',
    option: 'memfree',
  },
  rate: {
    flag: '--rate <n>',
    parse: parsePositive as Parse<number>,
    group: 'Limits:',
    help: 'most starts per second',
    appliesTo: 'runs',
    option: 'rate',
  },
  maxTasks: {
    flag: '--max-tasks <n>',
    parse: wholeNumberFrom(1) as Parse<number>,
    group: 'Limits:',
    help: 'replace a worker after n tasks',
    appliesTo: 'functions',
  },
} as const

/** The folder in which results are kept unless a flag names another. */
export const CACHE_DIR: string = RUN_FLAGS.cache.alone

/** The values of the flags of `manyhands run`. Those without an initial value are absent unless they are given. */
export type RunFlags = FlagsOf<typeof RUN_FLAGS> & CommonFlags & AccessFlags

/** All flags that `manyhands run` takes. */
export const ALL_RUN_FLAGS: FlagTable = { ...RUN_FLAGS, ...ACCESS_FLAGS, ...COMMON_FLAGS }

/** Gives a command all flags of `manyhands run`. */
export function addRunFlags(command: Command): Command {
  addFlags(command, RUN_FLAGS)
  addFlags(command, ACCESS_FLAGS)
  return addFlags(command, COMMON_FLAGS)
}
