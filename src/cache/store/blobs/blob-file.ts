import { fstatSync, readSync, writevSync } from 'node:fs'

import {
  CODEC,
  crc32,
  HEAD_BYTES,
  type NewRecord,
  readHead,
  type ReadHead,
  readRecord,
  type ReadRecord,
  writeRecord,
} from '../record.ts'

/** Bytes to read first: most records have less than this before their large parts. */
const BEGINNING = 4_096

/** Writes a record; large parts go to the file from where they are. Returns its bytes. */
export function writeBlob(fd: number, record: NewRecord): number {
  let parts: Uint8Array[] = [writeRecord(record), ...(record.buffers ?? [])]
  const bytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0)
  for (let left = bytes; left > 0;) {
    let written = writevSync(fd, parts)
    left -= written
    while (parts[0] !== undefined && written >= parts[0].byteLength) written -= (parts.shift() as Uint8Array).byteLength
    if (written > 0) parts = [(parts[0] as Uint8Array).subarray(written), ...parts.slice(1)]
  }
  return bytes
}

/** Reads a record; large parts into memory of their own. Undefined if any byte is not as it was written. */
export function readBlob(fd: number): ReadRecord | undefined {
  const { size } = fstatSync(fd)
  const beginning = readAt(fd, Buffer.allocUnsafe(Math.min(size, BEGINNING)), 0)
  const head = beginning && readHead(beginning)
  if (beginning === undefined || head === undefined || head.length !== size) return undefined
  if (head.codec === CODEC.buffers) return readBuffers(fd, head, beginning)
  const bytes = readAt(fd, Buffer.allocUnsafeSlow(size), 0)
  return bytes && readRecord(bytes)
}

function readBuffers(fd: number, head: ReadHead, beginning: Buffer): ReadRecord | undefined {
  const metaEnd = HEAD_BYTES + head.metaLength
  const lengths = readTable(beginning, metaEnd, head.payloadLength)
  if (lengths === undefined) return undefined
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const inline = head.length - total
  const bytes = inline <= beginning.length ? beginning.subarray(0, inline) : readAt(fd, Buffer.allocUnsafe(inline), 0)
  if (bytes === undefined) return undefined
  let crc = crc32(bytes.subarray(HEAD_BYTES))
  let at = inline
  const buffers: Uint8Array[] = []
  for (const length of lengths) {
    const buffer = readAt(fd, Buffer.allocUnsafeSlow(length), at)
    if (buffer === undefined) return undefined
    crc = crc32(buffer, crc)
    at += length
    buffers.push(buffer)
  }
  if (crc !== head.bodyCrc) return undefined
  return {
    head,
    meta: bytes.subarray(HEAD_BYTES, metaEnd),
    payload: bytes.subarray(metaEnd + tableBytes(lengths.length)),
    buffers,
  }
}

/** The lengths of the large parts of a payload, to stand before the rest of it. */
export function writeTable(buffers: readonly Uint8Array[]): Buffer {
  const table = Buffer.allocUnsafe(tableBytes(buffers.length))
  table.writeUInt32LE(buffers.length, 0)
  for (const [i, { byteLength }] of buffers.entries()) table.writeDoubleLE(byteLength, 4 + i * 8)
  return table
}

function tableBytes(count: number): number {
  return 4 + count * 8
}

/** Reads the lengths of the large parts; undefined if the table makes no sense. */
function readTable(bytes: Buffer, at: number, payloadLength: number): number[] | undefined {
  if (at + 4 > bytes.length) return undefined
  const count = bytes.readUInt32LE(at)
  if (at + tableBytes(count) > bytes.length) return undefined
  const lengths = Array.from({ length: count }, (_, i) => bytes.readDoubleLE(at + 4 + i * 8))
  const isSound = lengths.every((length) => Number.isInteger(length) && length >= 0 && length <= payloadLength)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  return isSound && tableBytes(count) + total <= payloadLength ? lengths : undefined
}

function readAt<T extends Uint8Array>(fd: number, into: T, from: number): T | undefined {
  for (let done = 0; done < into.byteLength;) {
    const count = readSync(fd, into, done, into.byteLength - done, from + done)
    if (count === 0) return undefined
    done += count
  }
  return into
}
