import { keyText } from '#manyhands/journal/keys/key-counts.js'
import { type JournalRow, readJournal } from '#manyhands/journal/lines/read-journal.js'

/** An attempt of a journal, whether it has a line of its own or shares one. */
export type JournalAttempt = Pick<JournalRow, 'task' | 'attempt' | 'state' | 'key' | 'run' | 'pid' | 'start' | 'ms'>

/** Reads all attempts of a journal: a line of several successes as one attempt for each, with the times of the line. */
export function attemptsOf(file: string): JournalAttempt[] {
  const attempts: JournalAttempt[] = []
  for (const entry of readJournal(file)) {
    if (entry.kind === 'row') attempts.push(entry.row)
    if (entry.kind !== 'batch') continue
    const { task, count, keys, of, ...about } = entry.batch
    for (let i = 0; i < count; i++) {
      const key = keyText(of, keys.subarray(i * 16, i * 16 + 16))
      attempts.push({ ...about, task: task + i, key, attempt: 1, state: 'ok' })
    }
  }
  return attempts
}
