import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import type { BrokerFlags } from '../flags/command-flags.ts'
import { readSecret } from './access-flags.ts'

/** From this version on, servers can write to the disk before they answer; older ones do not start with that setting. */
const SYNCS_FROM = [2, 10] as const

/** Returns the folder in which a broker keeps messages. */
export function storeOf({ store, port }: BrokerFlags): string {
  return resolve(store ?? join(homedir(), '.manyhands', `broker-${port}`))
}

/** The configuration of a server, in a file that only this user can read: a command line would show the token. */
export class BrokerConfig {
  readonly file: string
  readonly #folder: string

  constructor(flags: BrokerFlags, version: readonly number[]) {
    const text = configText(flags, version)
    this.#folder = mkdtempSync(join(tmpdir(), 'manyhands-broker-'))
    this.file = join(this.#folder, 'nats-server.conf')
    writeFileSync(this.file, text, { mode: 0o600 })
  }

  /** Removes the file, which a server that has started no longer needs. */
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
