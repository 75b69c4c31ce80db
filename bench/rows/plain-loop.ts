import { createReadStream, openSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'

import * as functions from './functions.ts'
import { type LoopFormat, rowParser } from './row-parser.ts'

// The loop that one writes: a line at a time. Called with a function, a format, and files; - is stdin or stdout.
const [name, format, from, to] = process.argv.slice(2) as [keyof typeof functions, LoopFormat, string, string]
const PIECE = 1 << 16

const fn = functions[name] as (row: unknown) => unknown
const parse = rowParser(format)
const bytes = from === '-' ? process.stdin : createReadStream(from)
const input = from.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes
const output = to === '-' ? 1 : openSync(to, 'w')
let text = ''
for await (const line of createInterface({ input, crlfDelay: Infinity })) {
  const row = parse(line)
  if (row === undefined) continue
  text += `${JSON.stringify(fn(row))}\n`
  if (text.length > PIECE) {
    writeSync(output, text)
    text = ''
  }
}
writeSync(output, text)
