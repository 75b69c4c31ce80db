import type { JournalEntry } from '../journal/lines/read-journal.ts'
import type { Digest } from '../view/digest/digest.ts'

/** Adds an entry of a job log to a digest. */
export function digestEntry(digest: Digest, entry: JournalEntry): void {
  switch (entry.kind) {
    case 'run':
      return digest.head(entry.line)
    case 'row':
      return digest.attempt(entry.row)
    case 'batch':
      return digest.successes(entry.batch)
    case 'worker':
      return digest.worker(entry.line)
    case 'sample':
      return digest.sample(entry.line)
    case 'end':
      return digest.runEnded(entry.line)
  }
}
