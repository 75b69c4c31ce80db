import { closeSync, openSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import type { View } from '../view/view.ts'
import { REPORT_STARTS, reportEnding } from './report-kinds.ts'
import { isTrace, isTraceName } from './trace/write-trace.ts'

const LONGEST_START = 512

/**
 * Returns what is wrong with a file for a report, as far as it can be known before it is written: its folder is missing, or
 * it holds something else. Undefined if nothing is.
 */
export function problemWith(file: string, force: boolean): string | undefined {
  const ending = reportEnding(file)
  if (ending === undefined) return `expected a file that ends with .html, .md or .json, got "${file}"`
  return problemWithFile(file, () => force || startOf(file).startsWith(REPORT_STARTS[ending]), 'report')
}

/** `isOwn`: tells if a file that holds something may be replaced. */
function problemWithFile(file: string, isOwn: () => boolean, what: string): string | undefined {
  const folder = dirname(resolve(file))
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    return `cannot write ${file}: there is no folder ${folder}`
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  if (!found.isFile()) return `cannot write ${file}: it is not a file`
  if (found.size === 0 || isOwn()) return undefined
  return `${file} exists and is no ${what} of manyhands: choose another name, or remove it`
}

/** Returns what is wrong with a file for a trace, likewise. */
export function problemWithTrace(file: string, force: boolean): string | undefined {
  if (!isTraceName(file)) return `expected a file that ends with .json or .json.gz, got "${file}"`
  return problemWithFile(file, () => force || isTrace(file), 'trace')
}

/** Writes a report, whole or not at all, so that only its owner can read it. Throws if the file cannot be written. */
export async function writeReport(file: string, view: View): Promise<void> {
  writeReportText(file, await textOf(file, view))
}

/** Writes the text of a report, likewise. */
export function writeReportText(file: string, text: string): void {
  const part = `${file}.${process.pid}.part`
  try {
    writeFileSync(part, text, { mode: 0o600 })
    renameSync(part, file)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

async function textOf(file: string, view: View): Promise<string> {
  switch (reportEnding(file)) {
    case '.md':
      return (await import('./markdown-summary.ts')).markdownSummary(view)
    case '.json':
      return jsonReportText(view)
    case '.html':
    case undefined:
      return (await import('./html-page.ts')).htmlPage(view)
  }
}

/** Writes a view as JSON. */
export function jsonReportText(view: View): string {
  return `${REPORT_STARTS['.json']}${JSON.stringify(view).slice(1)}\n`
}

/** The beginning of a file; empty if it cannot be read. */
function startOf(file: string): string {
  try {
    const fd = openSync(file, 'r')
    try {
      const bytes = Buffer.alloc(LONGEST_START)
      return bytes.toString('utf8', 0, readSync(fd, bytes, 0, LONGEST_START, 0))
    } finally {
      closeSync(fd)
    }
  } catch {
    return ''
  }
}
