import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'

import { ManyhandsError } from '../../errors/manyhands-error.ts'
import { encoderFor } from '../../files/write/encoder-for.ts'
import { openRowWriter } from '../../files/write/open-row-writer.ts'
import { jsonLine } from '../../rows/json-line.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { columnsIn } from './columns-in.ts'
import { compressedTarget } from './compressed-target.ts'
import { fileTarget } from './file-target.ts'
import type { LineTarget } from './line-target.ts'
import { type Gathering, LineWriter } from './line-writer.ts'
import { canAdd, type OutputKind } from './output-kind.ts'
import type { OutputListener, ResultWriter, WrittenFor } from './result-writer.ts'

/** Compressed pieces are larger, since each is compressed by itself. What waits is not in the log yet. */
const FOR_COMPRESSION: Gathering = { bytes: 2 ** 19, ms: 1_000 }

const CANNOT_ADD = 'results cannot be added to such a file'

/** Opens a file for results that are no plain lines of JSON. `keeps` returns how many of its bytes stay. */
export async function openByName(
  path: string,
  kind: OutputKind,
  keeps: () => number,
  listener: OutputListener<WrittenFor>,
): Promise<ResultWriter> {
  const refuse = (error: Error): void => listener.end(cannotWrite(path, error))
  if (kind.format === 'parquet' || kind.format === 'arrow') return openTable(path, kind, keeps, listener)
  const file = await fileTarget(path, () => keptOf(kind, keeps), refuse, kind.compression === 'none')
  const target = compressedTarget(file, kind.compression, refuse)
  if (kind.format === 'jsonl') {
    const lines = new LineWriter(target, listener.written, FOR_COMPRESSION)
    return {
      write: (result, index) => lines.write(jsonLine(result), index),
      writeRun: (run) => lines.write(run.text, run),
      close: (failedToStart) => lines.close(failedToStart),
    }
  }
  const { format } = kind
  let encoder: ReturnType<typeof encoderFor> | undefined
  const encode = (result: unknown): string => {
    // The part of the file that stays is known when the first result comes.
    encoder ??= encoderFor(format, path, keeps() > 0 ? columnsIn(path, kind) : undefined)
    return encoder.encode(result)
  }
  const end = (): string => (encoder ?? encoderFor(format, path)).end()
  const gathering = kind.compression === 'none' ? undefined : FOR_COMPRESSION
  const lines = new LineWriter(endedBy(target, end), listener.written, gathering)
  return {
    write: (result, index) => lines.write(encode(result), index),
    close: (failedToStart) => lines.close(failedToStart),
  }
}

/** Throws where nothing can be added behind what stays. */
function keptOf(kind: OutputKind, keeps: () => number): number {
  const kept = keeps()
  if (kept > 0 && !canAdd(kind)) throw new Error(CANNOT_ADD)
  return kept
}

/** Writes what stands behind the last result. */
function endedBy(target: LineTarget, end: () => string): LineTarget {
  return {
    ...target,
    close: async (failedToStart) => {
      const text = failedToStart ? '' : end()
      if (text !== '') await target.write([Buffer.from(text)], () => {})
      await target.close(failedToStart)
    },
  }
}

/** Opens a file that is written group by group, and complete at its end. */
async function openTable(
  path: string,
  kind: OutputKind,
  keeps: () => number,
  { end: onEnd, written }: OutputListener<WrittenFor>,
): Promise<ResultWriter> {
  const isNew = !existsSync(path)
  const rows = await openRowWriter(path, kind).catch((error: unknown) => {
    throw error instanceof ManyhandsError ? cannotWrite(undefined, error) : error
  })
  let isBroken = false
  let isFirst = true
  let waiting: number[] = []
  const confirm = (): void => {
    const indexes = waiting
    waiting = []
    written(
      indexes.map((what) => ({ what, end: 0 })),
      undefined,
    )
  }
  const fail = (error: unknown): void => {
    isBroken = true
    onEnd(cannotWrite(undefined, error as Error))
  }
  return {
    write: (result, index) => {
      if (isFirst && !isNew && keeps() > 0) fail(cannotWrite(path, new Error(CANNOT_ADD)))
      isFirst = false
      if (isBroken) return undefined
      const room = rows.write(result)
      waiting.push(index)
      return room?.then(confirm, fail)
    },
    close: async (failedToStart) => {
      if (failedToStart || isBroken) {
        await rows.abandon()
        if (isNew && failedToStart) await rm(path, { force: true })
      } else await rows.end().then(confirm, fail)
    },
  }
}

function cannotWrite(path: string | undefined, error: Error): CommandError {
  const message = path === undefined ? error.message : `cannot write ${path}: ${error.message}`
  return new CommandError(message, EXIT.cannotStart, error)
}
