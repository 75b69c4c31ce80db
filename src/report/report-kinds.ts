import { extname } from 'node:path'

/** The kinds of reports, by the endings of their files. */
export const REPORT_ENDINGS = ['.html', '.md', '.json'] as const

export type ReportEnding = (typeof REPORT_ENDINGS)[number]

/** How reports of each kind begin, by which they are known. */
export const REPORT_STARTS: Readonly<Record<ReportEnding, string>> = {
  '.html':
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="generator" content="manyhands report">',
  '.md': '<!-- manyhands report -->\n',
  '.json': '{"report":"manyhands",',
}
/** Returns the kind of report that a file name asks for; undefined if it asks for none. */
export function reportEnding(file: string): ReportEnding | undefined {
  const ending = extname(file).toLowerCase()
  return REPORT_ENDINGS.find((one) => one === ending)
}
