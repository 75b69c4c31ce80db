import type { RowSupply } from '../../rows/row-supply.ts'
import type { RunHost } from '../hosts/run-host.ts'
import type { RunContext } from '../plan.ts'
import { BlockSpool } from './block-spool.ts'
import type { LeavesOut } from './parsed-rows.ts'
import type { RangeUse, RowTerms } from './row-chunk.ts'
import { RowSource, rowWindow } from './row-source.ts'
import { StoredRowSource, storedWindow } from './stored-row-source.ts'

/** The properties of a run whose workers parse its rows. */
export interface RowsRun {
  readonly run: RunContext
  readonly host: RunHost
  readonly terms: Omit<RowTerms, 'ranges'>
  readonly leavesOut: LeavesOut | undefined
  /** Workers have the same files: rows of tables can stay there. */
  readonly mayStay: boolean
  /** Workers see the memory of this process. */
  readonly sharesMemory: boolean
}

/** Makes the source of rows that workers parse: as bytes, or as their places in a table. */
export function sourceOfRows(
  rows: RowSupply,
  { run, host, terms: known, leavesOut, mayStay, sharesMemory }: RowsRun,
): RowSource | StoredRowSource {
  const terms = { ...known, ranges: mayStay && !sharesMemory ? rangesOf(run) : undefined }
  const stored = mayStay ? rows.storedBlocks() : undefined
  return stored === undefined
    ? new RowSource({ ...terms, rows, window: rowWindow(run, host), leavesOut })
    : new StoredRowSource({ ...terms, rows: stored, supply: rows, leavesOut, ...storedWindow(run, host) })
}

/** Lets workers of this machine read rows in files. */
function rangesOf(run: RunContext): RangeUse {
  const spool = new BlockSpool()
  run.onEnd(() => spool.close())
  return { mayRead: true, spool }
}
