import type { UnreadableRowError } from '../../errors/task-errors.ts'
import { type JournalRow, readRowSecret } from '../../journal/lines/read-journal.ts'
import { rowKeys, rowKeyText } from '../../rows/keys/row-keys.ts'
import { rowParser } from '../../rows/parse/row-parser.ts'
import { rowCount } from '../../rows/row-block.ts'
import { RowSupply } from '../../rows/row-supply.ts'
import { contentKey } from '../../task/canonical/canonical-hash.ts'
import { messageOf } from '../../util/message-of.ts'
import type { RunCall } from '../batch/run-batch.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { openInputs } from '../inputs/open-inputs.ts'
import type { Screen } from '../report/screen.ts'
import type { RunRecord } from './run-record.ts'

/** The error of a row that cannot be read, by name. */
const UNREADABLE: UnreadableRowError['name'] = 'UnreadableRowError'

/**
 * Finds the input of a row of a job log: in the row itself if that holds all of it, else among the run's inputs, by its
 * key.
 *
 * @throws {CommandError} if it is not there any more, or is a row that cannot be read.
 */
export async function findInput(
  { run, log }: RunRecord,
  row: JournalRow,
  { texts, flags }: RunCall,
  screen: Screen,
): Promise<unknown> {
  if (row.error?.name === UNREADABLE)
    throw new CommandError(`${row.error.message}: its function was not called`, EXIT.cannotStart)
  const isRow = row.key.startsWith('row:')
  if (isRow ? 'input' in row && row.cut !== true : contentKey(row.input) === row.key) return row.input
  if (texts.length === 0 || (texts.includes('-') && !flags.literal))
    throw cannotFind(`input ${row.task} of ${run} came from stdin, and is too large for the log to have kept it`)
  const { items } = await openInputs(texts, flags, { warn: (message) => screen.warn(message), onBadRow: () => {} })
  const secret = isRow && log !== null ? readRowSecret(log) : undefined
  const found =
    items instanceof RowSupply && secret !== undefined
      ? await rowWithKey(items, row.key, secret)
      : await valueWithKey(items, row.key)
  if (found !== undefined) return found.input
  throw cannotFind(`input ${row.task} of ${run} is not among its inputs any more: they have changed since`)
}

interface Found {
  readonly input: unknown
}

async function rowWithKey(rows: RowSupply, key: string, secret: Uint8Array): Promise<Found | undefined> {
  for await (const block of rows.blocks()) {
    const { bytes, bounds, format, name } = block
    const keys = rowKeys(bytes, bounds, secret, format)
    for (let row = 0; row < rowCount(block); row++) {
      if (rowKeyText(keys, row) !== key) continue
      try {
        return { input: rowParser(format, bytes)(bounds[2 * row] as number, bounds[2 * row + 1] as number) }
      } catch (error) {
        throw new CommandError(`${name}:${block.lineOf(row)} cannot be read: ${messageOf(error)}`, EXIT.cannotStart)
      }
    }
  }
  return undefined
}

async function valueWithKey(
  items: Iterable<unknown> | AsyncIterable<unknown>,
  key: string,
): Promise<Found | undefined> {
  for await (const input of items) if (contentKey(input) === key) return { input }
  return undefined
}

function cannotFind(what: string): CommandError {
  return new CommandError(`${what}. Run it again with --debug`, EXIT.cannotStart)
}
