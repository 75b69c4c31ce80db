import { closeSync, openSync, readSync, renameSync, rmSync } from 'node:fs'
import { constants, gunzipSync } from 'node:zlib'

import { type JournalEntry, readJournal } from '../../journal/lines/read-journal.ts'
import { isCompressed, TRACE_START, TraceFile } from './trace-file.ts'

const LONGEST_START = 512

/** True if a file name is one of a trace. */
export function isTraceName(file: string): boolean {
  return /\.json(?:\.gz)?$/i.test(file)
}

/** True if a file is a trace of ours. */
export function isTrace(file: string): boolean {
  try {
    const bytes = Buffer.alloc(LONGEST_START)
    const fd = openSync(file, 'r')
    const size = readSync(fd, bytes, 0, LONGEST_START, 0)
    closeSync(fd)
    const start = bytes.subarray(0, size)
    // Only its beginning is there.
    const plain = isCompressed(file) ? gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }) : start
    return plain.toString('utf8', 0, TRACE_START.length) === TRACE_START
  } catch {
    return false
  }
}

/**
 * Writes a run of a job log as a trace in Chrome's format, event by event, whole or not at all, so that only its owner can
 * read it. Throws if the file cannot be written.
 */
export function writeTrace(file: string, log: string, run: string | undefined): void {
  const part = `${file}.${process.pid}.part`
  try {
    const trace = new TraceFile(part, file)
    try {
      for (const entry of entriesOf(log, run)) trace.add(entry)
    } catch (error) {
      trace.close()
      throw error
    }
    trace.end()
    renameSync(part, file)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

/** The lines of a run; of the last one in the log if no name is given. */
function* entriesOf(log: string, run: string | undefined): Generator<JournalEntry, void> {
  let last = run
  if (last === undefined) for (const entry of readJournal(log)) last = runOf(entry) ?? last
  // Lines of workers, samples and ends belong to the run of the head above them.
  let current: string | undefined
  for (const entry of readJournal(log)) {
    current = runOf(entry) ?? current
    if (current === last) yield entry
  }
}

function runOf(entry: JournalEntry): string | undefined {
  if (entry.kind === 'run') return entry.line.run
  if (entry.kind === 'row') return entry.row.run
  return entry.kind === 'batch' ? entry.batch.run : undefined
}
