import { everywhere, heldBy, type Row, row } from './row.js'

/** Faults of job logs. */
export const JOURNAL_FAULTS: readonly Row[] = [
  row(
    'F44',
    'a job log with a torn line, alien lines, rows that stand twice',
    everywhere(
      heldBy(
        'test/unit/journal/journal.test.ts',
        'takes no harm from a torn last line, alien lines, and rows that stand twice',
      ),
    ),
  ),
  row(
    'F45',
    'a run is resumed after the function, or the order of its inputs, has changed',
    everywhere(heldBy('test/e2e/resume.test.ts', '--resume refuses a function that changed, naming both hashes')),
  ),
]
