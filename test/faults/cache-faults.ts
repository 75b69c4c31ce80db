import { everywhere, held, heldBy, type Row, row } from './row.js'

/** Faults of a cache. */
export const CACHE_FAULTS: readonly Row[] = [
  row(
    'F38',
    'the folder of a cache is read-only, full, or missing',
    everywhere(held(['caching/readOnly', 'caching/full', 'caching/missing'])),
  ),
  row('F39', 'a cache is corrupt: changed bytes, cut files', everywhere(held('caching/corrupt'))),
  row('F40', 'processes store the same key while others read it', everywhere(held('caching/writers'))),
  row(
    'F41',
    'a process that writes a cache is killed',
    everywhere(
      heldBy(
        'test/unit/cache/torture.test.ts',
        'a tortured cache has each result as soon as it is stored, and each is right',
      ),
    ),
  ),
  row('F42', 'many ask for the same result at once', everywhere(held('caching/stampede'))),
  row(
    'F43',
    'the same code, and another version of what it imports',
    everywhere(
      heldBy(
        'test/unit/cache/code.test.ts',
        'counts with all that it imports, in calls, in runs, and where it is captured',
      ),
    ),
  ),
]

export const FORGED_CACHE: Row = row(
  'F69',
  'a cache that somebody else has written: garbage, forged records, another owner',
  everywhere(
    heldBy(
      'test/unit/cache/store.test.ts',
      'takes nothing from what is no record, of another version, or for another key',
    ),
  ),
)
