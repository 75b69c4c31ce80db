import { roundsPerMicrosecond } from '../workloads/calibrate.ts'
import {
  BEST_LOOP,
  type Candidate,
  GNU_PARALLEL,
  GNU_PARALLEL_EVEN,
  LIBRARY,
  MANYHANDS,
  PLAIN_LOOP,
  RESUME,
} from './candidates.ts'
import type { DataSpec } from './data.ts'
import type { LoopFormat } from './row-parser.ts'

/** A file of rows, a function, and those who are to call it for each row. The first one is what others are compared with. */
export interface RowsWorkload {
  readonly rows: number
  /** A description of the rows, after their number. */
  readonly title: string
  readonly data: DataSpec
  /** The file's name. Its end tells the format. Workloads with the same file share it. */
  readonly file: string
  readonly format: LoopFormat
  /** An export of functions.ts. */
  readonly fn: string
  readonly candidates: readonly Candidate[]
}

const SMALL_BYTES = 210
/** For files of about 200 MB. */
const ALL: readonly Candidate[] = [PLAIN_LOOP, BEST_LOOP, GNU_PARALLEL, GNU_PARALLEL_EVEN, ...MANYHANDS]
/** For files of few blocks of 32 MB. */
const FOR_SMALL_FILES = ALL.filter((candidate) => candidate !== GNU_PARALLEL)
const FOR_PIPES = ALL.filter((candidate) => candidate !== GNU_PARALLEL_EVEN)
const SMALL = {
  data: { kind: 'objects', bytes: SMALL_BYTES },
  format: 'jsonl',
  fn: 'trivial',
  candidates: ALL,
} as const satisfies Partial<RowsWorkload>

/** Returns the workloads by name. The work of a row is made to take its time on this machine. */
export function rowsWorkloads(): Readonly<Record<string, RowsWorkload>> {
  const rounds = roundsPerMicrosecond()
  const working = (microseconds: number): Pick<RowsWorkload, 'data' | 'fn'> => ({
    data: { ...SMALL.data, work: Math.round(microseconds * rounds) },
    fn: 'busy',
  })
  return {
    million: { ...SMALL, title: 'rows of 210 B', rows: 1_000_000, file: 'million.jsonl' },
    resume: {
      ...SMALL,
      title: 'rows of 210 B, all done before',
      rows: 1_000_000,
      file: 'million.jsonl',
      candidates: [PLAIN_LOOP, RESUME],
    },
    long: {
      ...SMALL,
      title: 'rows of 2 kB',
      rows: 100_000,
      data: { kind: 'objects', bytes: 2_000 },
      file: 'long.jsonl',
    },
    '10us': {
      ...SMALL,
      ...working(10),
      title: 'rows, 10 µs each',
      rows: 200_000,
      file: '10us.jsonl',
      candidates: FOR_SMALL_FILES,
    },
    '50us': {
      ...SMALL,
      ...working(50),
      title: 'rows, 50 µs each',
      rows: 60_000,
      file: '50us.jsonl',
      candidates: FOR_SMALL_FILES,
    },
    lines: {
      ...SMALL,
      title: 'lines of 210 B',
      rows: 1_000_000,
      data: { kind: 'lines', bytes: SMALL_BYTES },
      file: 'lines.txt',
      format: 'lines',
      fn: 'line',
    },
    csv: {
      ...SMALL,
      title: 'rows of CSV, 210 B',
      rows: 1_000_000,
      data: { kind: 'csv', bytes: SMALL_BYTES },
      file: 'rows.csv',
      format: 'csv',
      fn: 'record',
    },
    gz: {
      ...SMALL,
      title: 'rows of 210 B, gzipped',
      rows: 1_000_000,
      data: { ...SMALL.data, isCompressed: true },
      file: 'rows.jsonl.gz',
      candidates: FOR_PIPES,
    },
    library: {
      ...SMALL,
      title: 'objects of 210 B',
      rows: 200_000,
      file: 'objects.jsonl',
      candidates: [PLAIN_LOOP, ...LIBRARY],
    },
  }
}
