/* oxlint-disable typescript/no-unnecessary-type-assertion -- the type of a value that is declared must stand there */
import { type AccessFlags, parseFile } from '../cluster/access-flags.ts'
import type { CommonFlags } from './common-flags.ts'
import type { FlagsOf, Parse } from './flag-table.ts'
import {
  type Address,
  parseAddress,
  parseDuration,
  parseJobs,
  parsePort,
  parseSize,
  wholeNumberFrom,
} from './values.ts'

export const STATUS_FLAGS = {
  failed: { flag: '--failed', help: 'show what failed, and why' },
  slow: { flag: '--slow', help: 'show what took longest' },
  workers: {
    flag: '--workers',
    help: 'show what each worker did; with --server or --group: the workers of a group, now',
  },
  watch: { flag: '--watch', help: 'show it until the run has ended: on the whole terminal, else every second' },
  plain: { flag: '--plain', help: 'with --watch: lines on a terminal, too' },
  json: { flag: '--json', help: 'print JSON, for programs' },
} as const

export type StatusFlags = FlagsOf<typeof STATUS_FLAGS> & AccessFlags & CommonFlags

export const TOP_FLAGS = {
  plain: { flag: '--plain', help: 'show a few lines every second, on a terminal, too' },
  json: { flag: '--json', help: 'print the view of the run as a line of JSON every second' },
} as const

export type TopFlags = FlagsOf<typeof TOP_FLAGS> & CommonFlags

export const REPORT_FLAGS = {
  output: {
    flag: '-o, --output <file>',
    help: 'file of the report: .html, .md or .json (default: .manyhands/<run>/report.html)',
  },
  trace: { flag: '--trace <file>', help: 'write a trace instead: .json or .json.gz' },
  force: { flag: '--force', help: 'replace a file that is no report, or no trace' },
} as const

export type ReportFlags = FlagsOf<typeof REPORT_FLAGS>

export const DASHBOARD_FLAGS = {
  port: {
    flag: '--port <port>',
    parse: parsePort as Parse<number>,
    help: 'port on 127.0.0.1 to serve the pages at (default: a free one)',
  },
} as const

export type DashboardFlags = FlagsOf<typeof DASHBOARD_FLAGS> & AccessFlags & CommonFlags

export const LOGS_FLAGS = {
  task: {
    flag: '--task <n>',
    parse: wholeNumberFrom(0) as Parse<number>,
    help: 'show only this task: its number, from 0',
  },
  json: { flag: '--json', help: 'print JSON, for programs' },
} as const

export type LogsFlags = FlagsOf<typeof LOGS_FLAGS>

export const DOCTOR_FLAGS = { json: { flag: '--json', help: 'print JSON, for programs' } } as const

export type DoctorFlags = FlagsOf<typeof DOCTOR_FLAGS> & AccessFlags

export const PLAN_FLAGS = {
  cache: {
    flag: '--cache[=dir]',
    alone: '.manyhands/cache',
    initial: '.manyhands/cache',
    help: 'folder of the results',
  },
  json: { flag: '--json', help: 'print JSON, for programs: each call of each node' },
} as const

export type PlanFlags = FlagsOf<typeof PLAN_FLAGS>

/** The flags of the commands that look at a cache, or tidy it up. */
export const CACHE_FLAGS = {
  dir: { flag: '--dir <folder>', initial: '.manyhands/cache', help: 'folder of the results' },
  json: { flag: '--json', help: 'print JSON, for programs' },
} as const

export type CacheFlags = FlagsOf<typeof CACHE_FLAGS>

export const PRUNE_FLAGS = {
  maxBytes: {
    flag: '--max-bytes <size>',
    parse: parseSize as Parse<number>,
    help: 'remove what was used longest ago until the rest fits: 10G',
  },
  maxAge: {
    flag: '--max-age <time>',
    parse: parseDuration as Parse<number>,
    help: 'remove what was stored longer ago: 30d',
  },
} as const

export type PruneFlags = CacheFlags & FlagsOf<typeof PRUNE_FLAGS>

export const WORKER_FLAGS = {
  jobs: {
    flag: '-n, --jobs <n>',
    parse: parseJobs as Parse<number>,
    help: 'workers (default: the cores of this process)',
  },
  allowCode: { flag: '--allow-code', help: 'run any code that a client of the group sends' },
  allowSkew: { flag: '--allow-skew', help: 'run modules whose code is not what the client has' },
  drain: {
    flag: '--drain <time>',
    parse: parseDuration as Parse<number>,
    help: 'time that running tasks have at the end (default: 30s)',
  },
  metrics: {
    flag: '--metrics <address>',
    parse: parseAddress as Parse<Address>,
    help: 'serve figures for Prometheus at HOST:PORT/metrics',
  },
  json: { flag: '--json', help: 'tell what happens as JSON Lines' },
} as const

export type WorkerFlags = FlagsOf<typeof WORKER_FLAGS> & AccessFlags & CommonFlags

export const BROKER_FLAGS = {
  host: {
    flag: '--host <host>',
    initial: '127.0.0.1',
    help: 'address to listen at; other than loopback only with a token or TLS',
  },
  port: { flag: '--port <port>', parse: parsePort as Parse<number>, initial: 4_222, help: 'port to listen at' },
  store: {
    flag: '--store <folder>',
    help: 'folder for what is on its way (default: ~/.manyhands/broker-<port>)',
  },
  tokenFile: { flag: '--token-file <file>', help: 'token that clients and workers must have' },
  tlsCert: { flag: '--tls-cert <file>', parse: parseFile as Parse<string>, help: 'certificate of the broker, as PEM' },
  tlsKey: { flag: '--tls-key <file>', parse: parseFile as Parse<string>, help: 'key of the certificate, as PEM' },
} as const

export type BrokerFlags = FlagsOf<typeof BROKER_FLAGS> & CommonFlags
