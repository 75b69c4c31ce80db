import { stat } from 'node:fs/promises'

import { rowCount } from '../rows/row-block.ts'
import { RowCutter } from '../rows/row-cutter.ts'
import { BlockReader, type Warn } from './block-reader.ts'
import { type ByteReader, bytesOf, openFileReader, readerOf } from './byte-reader.ts'
import type { FileFormat } from './file-format.ts'
import { parseJson } from './parse-json.ts'
import type { RowFile } from './row-files.ts'

/** Larger files, in bytes, are not counted: that would take longer than it is worth. */
const LARGEST_COUNTED = 2 ** 26

/** The inputs in a file: values that are there, or rows that are read in turn, during the run. */
export type FileContent = readonly unknown[] | RowFile

/**
 * Opens a file of inputs, and reads what has to be checked before anything runs: a header, or all of a JSON file.
 *
 * @throws {DataFileError} if that is wrong, or the file cannot be read.
 */
export async function openRowFile(path: string, format: FileFormat, warn: Warn): Promise<FileContent> {
  // A pipe can be read only once.
  if (!(await stat(path)).isFile()) return openRowStream(bytesOf(path, path), path, format, warn)
  if (format === 'json') return parseJson(bytesOf(path, path), path)
  const open = async (tell?: Warn): Promise<BlockReader> =>
    new BlockReader(path, await openFileReader(path, path), new RowCutter(format, path), tell)
  if (format === 'csv' || format === 'tsv') await checkBeginning(await open())
  return {
    async *blocks() {
      yield* (await open(warn)).blocks()
    },
    count: await countRows(path, open),
  }
}

/**
 * Opens a stream of inputs, which can be read only once; reads its header. `name`: what the user calls it.
 *
 * @throws {DataFileError} if that is wrong, or the stream cannot be read.
 */
export async function openRowStream(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
  format: FileFormat,
  warn: Warn,
): Promise<FileContent> {
  if (format === 'json') return parseJson(pieces, name)
  const bytes: ByteReader = readerOf(pieces)
  const reader = new BlockReader(name, bytes, new RowCutter(format, name), warn)
  await reader.begin()
  return { blocks: () => reader.blocks(), count: undefined }
}

async function checkBeginning(reader: BlockReader): Promise<void> {
  try {
    await reader.begin()
  } finally {
    await reader.close()
  }
}

/** Counts the rows of a file; undefined if that would take long. Errors are reported when the file is read. */
async function countRows(path: string, open: () => Promise<BlockReader>): Promise<number | undefined> {
  try {
    const { size } = await stat(path)
    if (size > LARGEST_COUNTED) return undefined
    let count = 0
    for await (const block of (await open()).blocks()) count += rowCount(block)
    return count
  } catch {
    return undefined
  }
}
