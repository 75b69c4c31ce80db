import { join } from 'node:path'

import { problemWith, problemWithTrace, writeReport } from '../../report/report-file.ts'
import { writeTrace } from '../../report/trace/write-trace.ts'
import { messageOf } from '../../util/message-of.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import { CommandError, EXIT, usageError } from '../command-error.ts'
import type { ReportFlags } from '../flags/command-flags.ts'
import { isRun, readRecord, runFolder, type RunRecord } from '../runs/run-record.ts'
import { isFile, viewOfLog, viewOfRun } from '../runs/run-view.ts'

/** A run by its record, or a job log that none belongs to. */
type Source = { readonly record: RunRecord } | { readonly log: string }

/** `manyhands report [run]`: writes the report of a run, or its trace, and prints where it is. */
export async function report(run: string = 'last', flags: ReportFlags): Promise<void> {
  const { output, trace, force } = flags
  const isLog = run !== 'last' && !isRun(run) && isFile(run)
  if (isLog && output === undefined && trace === undefined)
    throw usageError(`${run} is a job log: name the file of the report with -o`)
  const source: Source = isLog ? { log: run } : { record: readRecord(run) }
  if (output !== undefined || trace === undefined) {
    const file = output ?? join(runFolder('record' in source ? source.record.run : run), 'report.html')
    refuse(output === undefined ? '' : '-o: ', problemWith(file, force))
    await write(file, () => writeReport(file, 'record' in source ? viewOfRun(source.record) : viewOfLog(source.log)))
  }
  if (trace !== undefined) {
    refuse('--trace: ', problemWithTrace(trace, force))
    await write(trace, () => traceOf(source, trace))
  }
}

function refuse(flag: string, problem: string | undefined): void {
  if (problem !== undefined) throw usageError(`${flag}${problem}`)
}

function traceOf(source: Source, file: string): void {
  // The same errors as for a report.
  if ('log' in source) {
    viewOfLog(source.log)
    return writeTrace(file, source.log, undefined)
  }
  const { run, log } = source.record
  if (log === null || !isFile(log)) throw new CommandError(`the run "${run}" has no job log`, EXIT.cannotStart)
  return writeTrace(file, log, run)
}

async function write(file: string, make: () => Promise<void> | void): Promise<void> {
  try {
    await make()
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(`cannot write ${file}: ${messageOf(error)}`, EXIT.cannotStart)
  }
  console.log(escapeText(file))
}
