import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const BACKENDS = ['serial', 'threads', 'processes'] as const

export type BackendName = (typeof BACKENDS)[number]

/** What a case is given. It fails by throwing, and tells the test more than that with `note`. */
export interface Case {
  readonly backend: BackendName
  /** A folder of its own, gone afterwards: where case and tasks leave marks for each other. */
  readonly folder: string
  /** Tells the test something; arrives also if the process dies right after. */
  note(name: string, value: unknown): void
}

export type CaseFunction = (one: Case) => Promise<void>

/** One line of a report. */
export type ReportLine =
  | { readonly note: string; readonly value: unknown }
  | { readonly failed: string }
  | { readonly done: true; readonly resources: readonly string[] }

export function reportFile(folder: string): string {
  return join(folder, 'report.jsonl')
}

export function report(folder: string, line: ReportLine): void {
  appendFileSync(reportFile(folder), `${JSON.stringify(line)}\n`)
}

/** The path of a mark in a case's folder. */
export function markOf(folder: string, name: string): string {
  return join(folder, name)
}

export function mark(folder: string, name: string, text = ''): void {
  writeFileSync(markOf(folder, name), text)
}
