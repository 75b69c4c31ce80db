import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { type BackendName, type ReportLine, reportFile } from './case.js'
import { type Leaks, leaksOf, MARK } from './leak-check.js'

const MAIN = fileURLToPath(new URL('./case-main.js', import.meta.url))

/** Longer than any case takes on a busy machine, in milliseconds. */
const HANGS_MS = 90_000

export interface CaseOptions {
  /** Milliseconds after which the case has failed. */
  readonly limit?: number
  /** Options of its Node. */
  readonly execArgv?: readonly string[]
  /** Files that it may have open at once. */
  readonly openFiles?: number
}

/** How a case ended, and what it told. */
export interface CaseOutcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly timedOut: boolean
  /** What it failed with, if it did. */
  readonly failed: string | undefined
  readonly notes: Readonly<Record<string, unknown>>
  /** It came to its end, with this left over. */
  readonly done: { readonly resources: readonly string[] } | undefined
  readonly leaks: Leaks
  readonly output: string
}

/** Runs a case in a process of its own, which leads a group of its own, and sees what it leaves behind. */
export async function runCase(
  name: string,
  backend: BackendName,
  { limit = HANGS_MS, execArgv = [], openFiles }: CaseOptions = {},
): Promise<CaseOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'manyhands-fault-'))
  const temporary = join(folder, 'tmp')
  const outputFile = join(folder, 'output')
  mkdirSync(temporary)
  const output = openSync(outputFile, 'a')
  // What the test runner tells its own children would change how the case runs.
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, NODE_V8_COVERAGE: ___, ...inherited } = process.env
  try {
    const command = [process.execPath, ...execArgv, MAIN, name, backend, folder]
    const limited = openFiles === undefined ? [] : ['sh', '-c', `ulimit -n ${openFiles}; exec "$@"`, 'sh']
    const [program, ...args] = [...limited, ...command] as [string, ...string[]]
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...inherited, TMPDIR: temporary, [MARK]: folder },
    })
    const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
    }, limit)
    const [code, signal] = await exit
    clearTimeout(timer)
    const leaks = await leaksOf(folder)
    return {
      code,
      signal,
      timedOut,
      ...readReport(folder),
      leaks: { ...leaks, files: readdirSync(temporary) },
      output: readFileSync(outputFile, 'utf8'),
    }
  } finally {
    closeSync(output)
    rmSync(folder, { recursive: true, force: true })
  }
}

function readReport(folder: string): Pick<CaseOutcome, 'failed' | 'notes' | 'done'> {
  const file = reportFile(folder)
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  const notes: Record<string, unknown> = {}
  let failed: string | undefined
  let done: CaseOutcome['done']
  for (const line of lines.map((text) => JSON.parse(text) as ReportLine)) {
    if ('note' in line) notes[line.note] = line.value
    else if ('failed' in line) failed = line.failed
    else done = line
  }
  return { failed, notes, done }
}
