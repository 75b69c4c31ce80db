import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type ByteReader, readerOf } from '#manyhands/files/bytes/byte-reader.js'
import { readUtf16 } from '#manyhands/files/bytes/utf16.js'

import { piecesOf, waysToCut } from '../rows/support.js'

async function textOf(reader: ByteReader): Promise<string> {
  const pieces: Buffer[] = []
  for (;;) {
    let memory = Buffer.alloc(0)
    const length = await reader.read((size) => (memory = Buffer.alloc(size)))
    if (length === 0) return Buffer.concat(pieces).toString()
    pieces.push(memory.subarray(0, length))
  }
}

const TEXT = 'a,é\n1,"😀"\n\uFEFF'
const littleEndian = Buffer.from(`\uFEFF${TEXT}`, 'utf16le')

describe('UTF-16 with a byte order mark', () => {
  for (const [what, bytes, text] of [
    ['little-endian', littleEndian, TEXT],
    ['big-endian', Buffer.from(littleEndian).swap16(), TEXT],
    [
      'half of a surrogate pair, and half of a unit',
      Buffer.concat([littleEndian, Buffer.from([0x3d, 0xd8, 0x41])]),
      `${TEXT}\uFFFD\uFFFD`,
    ],
    ['the mark alone', Buffer.from([0xff, 0xfe]), ''],
    ['no such mark', Buffer.from('\uFEFFaé'), '\uFEFFaé'],
    ['a single byte', Buffer.from('a'), 'a'],
    ['nothing', Buffer.alloc(0), ''],
  ] as const) {
    it(`${what}, however the bytes come`, async () => {
      for (const pieces of waysToCut(bytes)) assert.equal(await textOf(readUtf16(readerOf(piecesOf(...pieces)))), text)
    })
  }
})
