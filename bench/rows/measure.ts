import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { NODE_OPTIONS_BEFORE, PEAK_FILE } from './report-peak.ts'

const LIMIT_MS = 900_000
const PRELOAD = new URL('./report-peak.js', import.meta.url).href

/** The cost of one execution. Peak memory and log are absent if there is none to tell. */
export interface Execution {
  readonly seconds: number
  /** Processor time of all its processes, in seconds. */
  readonly cpuSeconds: number
  /** Peak memory of the first process, without those that it starts. */
  readonly peakBytes?: number
  /** Bytes that were added to job logs. */
  readonly logBytes?: number
}

/** Options for measuring a command. */
export interface MeasureOptions {
  /** Its folder; job logs are looked for there. */
  readonly folder: string
  /** The command is one Node program, whose memory counts. */
  readonly isNode: boolean
  /** The last line that it prints is what it measured itself, as JSON. */
  readonly reports: boolean
}

/** Runs a command of the shell. @throws {Error} if it fails. */
export function measure(command: string, { folder, isNode, reports }: MeasureOptions): Execution {
  const peakFile = join(folder, 'peak')
  const timesFile = join(folder, 'times')
  rmSync(peakFile, { force: true })
  const logBefore = sizeOf(join(folder, '.manyhands'))
  const startedAt = performance.now()
  // A shell between: Linux counts what a process held before it became another program as its peak, too.
  const ran = spawnSync('sh', ['-c', `${command}\ncode=$?\ntimes > times\nexit $code`], {
    cwd: folder,
    env: isNode ? { ...process.env, ...preloaded(peakFile) } : process.env,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const seconds = (performance.now() - startedAt) / 1_000
  if (ran.status !== 0) {
    const how = ran.error?.message ?? ran.signal ?? `code ${ran.status}`
    throw new Error(`failed (${how}): ${command}\n${ran.stderr.split('\n').slice(-20).join('\n')}`)
  }
  const logBytes = sizeOf(join(folder, '.manyhands')) - logBefore
  return {
    seconds,
    cpuSeconds: cpuSecondsOf(readFileSync(timesFile, 'utf8')),
    ...(existsSync(peakFile) && { peakBytes: Number(readFileSync(peakFile, 'utf8')) }),
    ...(existsSync(join(folder, '.manyhands')) && { logBytes }),
    ...(reports && (JSON.parse(ran.stdout.trim().split('\n').at(-1) as string) as Execution)),
  }
}

function preloaded(peakFile: string): Record<string, string> {
  const before = process.env['NODE_OPTIONS']
  return {
    NODE_OPTIONS: `${before ?? ''} --import ${PRELOAD}`.trim(),
    [PEAK_FILE]: peakFile,
    ...(before !== undefined && { [NODE_OPTIONS_BEFORE]: before }),
  }
}

/** Adds up what `times` of the shell prints: `0m1.234s`, of itself and of all that it has awaited. */
function cpuSecondsOf(times: string): number {
  return [...times.matchAll(/(\d+)m([\d.]+)s/gu)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0)
}

function sizeOf(folder: string): number {
  if (!existsSync(folder)) return 0
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}
