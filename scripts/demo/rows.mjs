import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** The rows of a file of JSON Lines. */
export async function readRows(path) {
  const rows = []
  for await (const line of createInterface({ input: createReadStream(path) })) rows.push(JSON.parse(line))
  return rows
}
