import { writeReport } from '../../report/report-file.ts'
import { writeTrace } from '../../report/trace/write-trace.ts'
import { messageOf } from '../../util/message-of.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import type { Screen } from '../report/screen.ts'
import type { RunRecord } from './run-record.ts'
import { isFile, viewOfRun } from './run-view.ts'

/** Tells which reports were written while the run went on. */
export function tellRunReports({ report, trace, quiet, json }: RunFlags, screen: Screen): void {
  if (quiet || json) return
  for (const [what, file] of [
    ['report', report],
    ['trace', trace],
  ] as const)
    if (file !== undefined && isFile(file)) screen.say(`  ${what} ${escapeText(file)}`)
}

/** Writes the report and the trace that were asked for. The run has ended: it does not fail for them. */
export async function writeRunReports(record: RunRecord, flags: RunFlags, screen: Screen): Promise<void> {
  const { report, trace, quiet, json } = flags
  const write = async (what: string, file: string, make: () => Promise<void>): Promise<void> => {
    try {
      await make()
      if (!quiet && !json) screen.say(`  ${what} ${escapeText(file)}`)
    } catch (error) {
      screen.warn(`the ${what} ${file} was not written: ${messageOf(error)}`)
    }
  }
  if (report !== undefined) await write('report', report, async () => writeReport(report, viewOfRun(record)))
  if (trace !== undefined)
    await write('trace', trace, async () => {
      const { log, run } = record
      if (log === null || !isFile(log)) throw new Error('the run has no job log')
      writeTrace(trace, log, run)
    })
}
