import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { LoopFormat } from './row-parser.ts'

/** The work of a candidate: call an export of functions.ts for each row of a file. */
export interface Job {
  readonly fn: string
  readonly format: LoopFormat
  readonly data: string
  /** The file for the results. */
  readonly output: string
}

/** A way to do the job. */
export interface Candidate {
  readonly name: string
  /** The command for the shell. */
  readonly command: (job: Job) => string
  /** The command is one Node program, whose memory is told. */
  readonly isNode: boolean
  /** The command measures itself, and prints what it took. */
  readonly reports?: boolean
  /** Prepared once by this command, which is not measured; its folder and output are kept from round to round. */
  readonly prepare?: (job: Job) => string
}

const FUNCTIONS = pathOf('./functions.js')
const NODE = quoted(process.execPath)
const COMMAND = `${NODE} ${quoted(fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url)))}`

/** The candidate that all are compared with. */
export const PLAIN_LOOP: Candidate = {
  name: 'plain loop',
  command: (job) => loop('./plain-loop.js', job),
  isNode: true,
}

export const BEST_LOOP: Candidate = {
  name: 'best plain loop',
  command: (job) => loop('./best-loop.js', job),
  isNode: true,
}

/** A block of 32 MB after the other, as its manual recommends; its jobs are plain loops. */
export const GNU_PARALLEL: Candidate = {
  name: 'GNU parallel, `--block 32M`',
  command: (job) => gnuParallel(job, '32M'),
  isNode: false,
}

/** The file shared out evenly: no job starts late, and none waits at the end. A pipe cannot be shared out so. */
export const GNU_PARALLEL_EVEN: Candidate = {
  name: 'GNU parallel, a block a core',
  command: (job) => gnuParallel(job, '-1'),
  isNode: false,
}

export const MANYHANDS: readonly Candidate[] = [
  { name: 'manyhands, processes', command: (job) => run(job, 'processes'), isNode: true },
  { name: 'manyhands, threads', command: (job) => run(job, 'threads'), isNode: true },
]

export const RESUME: Candidate = {
  name: 'manyhands, `--resume` of a finished run',
  prepare: (job) => run(job, 'processes'),
  command: (job) => `${run(job, 'processes')} --resume`,
  isNode: true,
}

export const LIBRARY: readonly Candidate[] = [
  { name: '`map`, processes', command: (job) => library(job, 'processes'), isNode: true, reports: true },
  { name: '`map`, threads', command: (job) => library(job, 'threads'), isNode: true, reports: true },
  {
    name: '`map` with `journal`, processes',
    command: (job) => library(job, 'processes', '--journal log.jsonl'),
    isNode: true,
    reports: true,
  },
  {
    name: '`map` with `journal`, threads',
    command: (job) => library(job, 'threads', '--journal log.jsonl'),
    isNode: true,
    reports: true,
  },
]

/** Other programs are called `parallel`, too. */
export function hasGnuParallel(): boolean {
  const ran = spawnSync('parallel', ['--version'], { encoding: 'utf8' })
  return ran.status === 0 && ran.stdout.startsWith('GNU parallel')
}

function gnuParallel({ fn, format, data, output }: Job, block: string): string {
  const isCompressed = data.endsWith('.gz')
  const source = isCompressed ? `zcat ${quoted(data)} | ` : ''
  const how = isCompressed ? '--pipe' : `--pipepart -a ${quoted(data)}`
  const header = format === 'csv' ? ' --header :' : ''
  const each = quoted(`${NODE} ${pathOf('./plain-loop.js')} ${fn} ${format} - -`)
  return `${source}parallel --will-cite ${how} --block ${block} -k${header} ${each} > ${quoted(output)}`
}

function loop(program: string, { fn, format, data, output }: Job): string {
  return `${NODE} ${pathOf(program)} ${fn} ${format} ${quoted(data)} ${quoted(output)}`
}

function run({ fn, data, output }: Job, backend: string): string {
  return `${COMMAND} run ${FUNCTIONS}'#${fn}' ${quoted(`@${data}`)} --on ${backend} -o ${quoted(output)}`
}

function library({ data, output }: Job, backend: string, options = ''): string {
  return `${NODE} ${pathOf('./library.js')} --on ${backend} ${options} ${quoted(data)} ${quoted(output)}`
}

function pathOf(program: string): string {
  return quoted(fileURLToPath(new URL(program, import.meta.url)))
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
