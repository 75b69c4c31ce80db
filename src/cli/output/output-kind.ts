import { existsSync, statSync } from 'node:fs'

import { type Compression, compressionOf } from '../../files/compression.ts'
import { type FileFormat, formatOfFile } from '../../files/file-format.ts'
import { usageError } from '../command-error.ts'

/** The form in which results are written. */
export interface OutputKind {
  readonly format: Exclude<FileFormat, 'lines' | 'null'>
  readonly compression: Compression
}

/** Returns how results are written to a file of this name: as JSON Lines if it says nothing else. */
export function outputKind(path: string | undefined): OutputKind {
  if (path === undefined || path === '-') return { format: 'jsonl', compression: 'none' }
  const format = formatOfFile(path)
  return { format: format === 'lines' || format === 'null' ? 'jsonl' : format, compression: compressionOf(path) }
}

/**
 * Makes sure that results can be added to a file, if there is something in it.
 *
 * @throws {CommandError} if its format has an end, behind which there is nothing.
 */
export function refuseToAdd(path: string, kind: OutputKind): void {
  if (canAdd(kind) || !existsSync(path) || statSync(path).size === 0) return
  throw usageError(
    `-o ${path}: results cannot be added to such a file, as they are to .jsonl, .jsonl.gz, .csv and .csv.gz. ` +
      'Give -o another file for those of this run',
  )
}

/** Brotli, JSON and tables have an end. The columns of CSV in Zstandard are not known until it is all read. */
export function canAdd({ format, compression }: OutputKind): boolean {
  if (compression === 'brotli' || format === 'json' || format === 'parquet' || format === 'arrow') return false
  return compression !== 'zstd' || format === 'jsonl'
}
