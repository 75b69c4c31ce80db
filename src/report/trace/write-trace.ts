import { closeSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { constants, createGzip, gunzipSync } from 'node:zlib'

import { type JournalEntry, readJournal } from '../../journal/lines/read-journal.ts'
import { TraceEvents } from './trace-events.ts'

/** The beginning of traces, by which they are known as ours. */
const START = '{"otherData":{"generator":"manyhands"},"traceEvents":[\n'
const LONGEST_START = 512
/** Text that is written at once. */
const PIECE = 2 ** 18

/** True if a file name asks for a compressed trace. */
function isCompressed(file: string): boolean {
  return file.toLowerCase().endsWith('.gz')
}

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
    return plain.toString('utf8', 0, START.length) === START
  } catch {
    return false
  }
}

/**
 * Writes a run of a job log as a trace in Chrome's format, event by event, whole or not at all, so that only its owner can
 * read it. Throws if the file cannot be written.
 */
export async function writeTrace(file: string, log: string, run: string | undefined): Promise<void> {
  const part = `${file}.${process.pid}.part`
  const fd = openSync(part, 'w', 0o600)
  try {
    try {
      for await (const piece of isCompressed(file) ? compressed(pieces(log, run)) : pieces(log, run))
        writeAll(fd, piece)
    } finally {
      closeSync(fd)
    }
    renameSync(part, file)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

/** The text of a trace, piece by piece. */
function* pieces(log: string, run: string | undefined): Generator<Buffer, void> {
  const events = new TraceEvents()
  let text = START
  let separator = ''
  for (const entry of entriesOf(log, run))
    for (const event of events.of(entry)) {
      text += separator + JSON.stringify(event)
      separator = ',\n'
      if (text.length < PIECE) continue
      yield Buffer.from(text)
      text = ''
    }
  yield Buffer.from(`${text}\n],"displayTimeUnit":"ms"}\n`)
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

async function* compressed(plain: Iterable<Buffer>): AsyncGenerator<Buffer, void> {
  const gzip = createGzip()
  const fill = async (): Promise<void> => {
    for (const piece of plain) if (!gzip.write(piece)) await new Promise<void>((resolve) => gzip.once('drain', resolve))
    gzip.end()
  }
  const filled = fill().catch((error: unknown) => gzip.destroy(error as Error))
  yield* gzip as AsyncIterable<Buffer>
  await filled
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at)
}
