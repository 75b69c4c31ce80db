import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import type { BrokerFlags } from '../flags/command-flags.ts'
import { readSecret } from './access-flags.ts'

/** Servers from this version on can be told to write to the disk before they answer; older ones do not start with it. */
const SYNCS_FROM = [2, 10] as const

/** The folder in which a broker keeps what is on its way. */
export function storeOf({ store, port }: BrokerFlags): string {
  return resolve(store ?? join(homedir(), '.manyhands', `broker-${port}`))
}

/** The configuration of a server, in a file that nobody else can read: on a command line a token would be seen. */
export class BrokerConfig {
  readonly file: string
  readonly #folder: string

  constructor(flags: BrokerFlags, version: readonly number[]) {
    const text = configText(flags, version)
    this.#folder = mkdtempSync(join(tmpdir(), 'manyhands-broker-'))
    this.file = join(this.#folder, 'nats-server.conf')
    writeFileSync(this.file, text, { mode: 0o600 })
  }

  /** A server that has started needs it no more. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function configText(flags: BrokerFlags, [major = 0, minor = 0]: readonly number[]): string {
  const { host, port, tokenFile, tlsCert, tlsKey } = flags
  const syncs = major > SYNCS_FROM[0] || (major === SYNCS_FROM[0] && minor >= SYNCS_FROM[1])
  const quoted = (text: string): string => JSON.stringify(text)
  const lines = [
    `listen: ${quoted(`${host.includes(':') ? `[${host}]` : host}:${port}`)}`,
    `jetstream { store_dir: ${quoted(storeOf(flags))}${syncs ? ', sync_interval: always' : ''} }`,
    'max_payload: 1MB',
    ...(tokenFile === undefined ? [] : [`authorization { token: ${quoted(readSecret(tokenFile, '--token-file'))} }`]),
    ...(tlsCert === undefined || tlsKey === undefined
      ? []
      : [`tls { cert_file: ${quoted(resolve(tlsCert))}, key_file: ${quoted(resolve(tlsKey))} }`]),
  ]
  return `${lines.join('\n')}\n`
}
