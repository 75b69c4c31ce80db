import { connect } from 'node:net'

import { parseJson } from './offer.ts'

const DEFAULT_PORT = 4_222
/** A server speaks first, and may take so long, in milliseconds, with so many bytes. */
const LIMIT_MS = 2_000
const MAX_BYTES = 64 * 1024

/** What a server says of itself to everybody who connects, before any question; undefined where it says nothing. */
export function peekInfo(server: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { hostname, port } = new URL(server)
  return new Promise((resolve) => {
    let said = Buffer.alloc(0)
    const socket = connect(Number(port) || DEFAULT_PORT, hostname.replace(/^\[|\]$/g, ''))
    const end = (info?: Readonly<Record<string, unknown>>): void => {
      socket.destroy()
      resolve(info)
    }
    socket.setTimeout(LIMIT_MS, end)
    socket.on('error', () => end()).on('close', () => end())
    socket.on('data', (data) => {
      said = Buffer.concat([said, data])
      const line = said.indexOf('\n')
      if (line >= 0) end(parseJson(said.subarray('INFO '.length, line)))
      else if (said.length > MAX_BYTES) end()
    })
  })
}
