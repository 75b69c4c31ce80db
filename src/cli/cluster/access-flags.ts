/* oxlint-disable typescript/no-unnecessary-type-assertion -- the type of a value that is declared must stand there */
import { readFileSync } from 'node:fs'

import { type BrokerOptions, servers } from '../../cluster/nats-settings.ts'
import { messageOf } from '../../util/message-of.ts'
import { CommandError, EXIT, usageError } from '../command-error.ts'
import type { FlagsOf, Parse } from '../flags/flag-table.ts'

/** The flags with which a command reaches a broker. Secrets come from files, or from the environment. */
export const ACCESS_FLAGS = {
  group: {
    flag: '--group <name>',
    group: 'Cluster:',
    help: 'clients and workers of one group work together (default: default)',
  },
  creds: {
    flag: '--creds <file>',
    parse: parseFile as Parse<string>,
    group: 'Cluster:',
    help: 'credentials (default: $NATS_CREDS)',
  },
  nkey: { flag: '--nkey <file>', parse: parseFile as Parse<string>, group: 'Cluster:', help: 'seed of an nkey' },
  tokenFile: { flag: '--token-file <file>', parse: parseFile as Parse<string>, group: 'Cluster:', help: 'token' },
  tlsCa: {
    flag: '--tls-ca <file>',
    parse: parseFile as Parse<string>,
    group: 'Cluster:',
    help: 'certificate authority of the broker, as PEM',
  },
  tlsCert: {
    flag: '--tls-cert <file>',
    parse: parseFile as Parse<string>,
    group: 'Cluster:',
    help: 'certificate of this side, as PEM',
  },
  tlsKey: {
    flag: '--tls-key <file>',
    parse: parseFile as Parse<string>,
    group: 'Cluster:',
    help: 'key of the certificate, as PEM',
  },
} as const

/** The broker, for commands that do not name it otherwise. */
export const SERVER_FLAG = {
  server: {
    flag: '--server <url>',
    parse: parseServers as Parse<string>,
    group: 'Cluster:',
    help: 'the broker (default: $NATS_URL, or nats://127.0.0.1:4222)',
  },
} as const

export type AccessFlags = FlagsOf<typeof ACCESS_FLAGS> & FlagsOf<typeof SERVER_FLAG>

/** The options of `nats()` that the flags mean. */
export function natsOptionsOf(flags: AccessFlags, server: string | undefined = flags.server): BrokerOptions {
  const { group, creds, nkey, tokenFile, tlsCa, tlsCert, tlsKey } = flags
  const tls = {
    ...(tlsCa !== undefined && { caFile: tlsCa }),
    ...(tlsCert !== undefined && { certFile: tlsCert }),
    ...(tlsKey !== undefined && { keyFile: tlsKey }),
  }
  return {
    ...(server !== undefined && { servers: server }),
    ...(group !== undefined && { group }),
    ...(creds !== undefined && { creds }),
    ...(nkey !== undefined && { nkey }),
    ...(tokenFile !== undefined && { token: readSecret(tokenFile, '--token-file') }),
    ...(Object.keys(tls).length > 0 && { tls }),
  }
}

/** Checks the address of a broker, or several. Every user of the machine can see the command line. */
export function parseServers(text: string, flag: string): string {
  if (text.includes('@'))
    throw usageError(
      `${flag}: user, password or token in an address would be seen: put the address in NATS_URL, or use --token-file`,
    )
  servers(text, flag)
  return text
}

/** Checks the path of a file that is to be read. */
export function parseFile(path: string, flag: string): string {
  readText(path, flag)
  return path
}

/** @throws {CommandError} for a file that cannot be read, or is empty, which would let everyone in. */
export function readSecret(file: string, flag: string): string {
  const text = readText(file, flag).trim()
  if (text !== '') return text
  throw usageError(`${flag}: ${file} is empty`)
}

function readText(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CommandError(`${flag}: cannot read ${file}: ${messageOf(error)}`, EXIT.usage, error)
  }
}
