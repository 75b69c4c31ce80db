import { readFile } from 'node:fs/promises'

import { DataFileError } from '../../errors/file-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import { cannotRead } from '../cannot-read.ts'
import type { RowFile } from '../row-files.ts'
import { columnBlocks } from './column-blocks.ts'
import type { Integers } from './column-cells.ts'
import { loadPackage } from './load-package.ts'

/** The part of flechette that is used. */
interface Arrow {
  readonly tableFromIPC: (bytes: Uint8Array, options: object) => Table
}

interface Table {
  readonly names: readonly string[]
  readonly numRows: number
  readonly children: readonly { toArray(): ArrayLike<unknown> }[]
  readonly schema: { readonly fields: readonly { readonly metadata: ReadonlyMap<string, string> | null }[] }
}

/** Bigints for integers of 64 bits, dates for times, so that columns of tables are alike wherever they come from. */
const CONVERSIONS = { useDate: true, useBigInt: true }

/**
 * Opens an Arrow file, or stream of Arrow. It is read as a whole.
 *
 * @throws {DataFileError} if it is not Arrow.
 * @throws {UnsupportedError} if the package that reads it is not installed.
 */
export async function openArrow(path: string, integers: Integers): Promise<RowFile> {
  const arrow = await loadPackage<Arrow>('@uwdata/flechette', 'Arrow')
  const bytes = await readFile(path).catch((error: unknown) => Promise.reject(cannotRead(path, error)))
  const table = tableOf(arrow, bytes, path)
  return {
    async *blocks() {
      const values = table.children.map((column, i) =>
        table.schema.fields[i]?.metadata?.get('ARROW:extension:name') === 'arrow.json'
          ? Array.from(column.toArray(), parsed)
          : column.toArray(),
      )
      yield* columnBlocks({ names: table.names, values, rows: table.numRows }, path, 0, integers)
    },
    count: table.numRows,
  }
}

/** A text that is no JSON, in a column of it, stays as it is. */
function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function tableOf({ tableFromIPC }: Arrow, bytes: Buffer, path: string): Table {
  try {
    return tableFromIPC(bytes, CONVERSIONS)
  } catch (error) {
    throw new DataFileError(path, `${path} cannot be read as Arrow: ${messageOf(error)}`, { cause: error })
  }
}
