import { join } from 'node:path'

import { problemWith, writeReport } from '../../report/report-file.ts'
import { messageOf } from '../../util/message-of.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import type { View } from '../../view/view.ts'
import { CommandError, EXIT, usageError } from '../command-error.ts'
import type { ReportFlags } from '../flags/command-flags.ts'
import { isRun, readRecord, runFolder } from '../runs/run-record.ts'
import { isFile, viewOfLog, viewOfRun } from '../runs/run-view.ts'

/** `manyhands report [run]`: writes the report of a run, and prints where it is. */
export async function report(run: string | undefined, { output, force }: ReportFlags): Promise<void> {
  const [file, view] = read(run ?? 'last', output, force)
  try {
    await writeReport(file, view())
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(`cannot write the report ${file}: ${messageOf(error)}`, EXIT.cannotStart)
  }
  console.log(escapeText(file))
}

/** Returns the file of the report, and what makes its view, after making sure that it may be written. */
function read(run: string, output: string | undefined, force: boolean): [file: string, view: () => View] {
  const isLog = run !== 'last' && !isRun(run) && isFile(run)
  if (isLog && output === undefined) throw usageError(`${run} is a job log: name the file of the report with -o`)
  const record = isLog ? undefined : readRecord(run)
  const file = output ?? join(runFolder(record?.run ?? run), 'report.html')
  const problem = problemWith(file, force)
  if (problem !== undefined) throw usageError(output === undefined ? problem : `-o: ${problem}`)
  return [file, () => (record === undefined ? viewOfLog(run) : viewOfRun(record))]
}
