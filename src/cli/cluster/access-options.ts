import { readFileSync } from 'node:fs'

import type { Command } from 'commander'

import type { BrokerOptions } from '../../cluster/nats-settings.ts'
import { messageOf } from '../../util/message-of.ts'
import { CommandError, usageError } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'

/** How a command gets at a broker. What is secret comes from files, or from the environment. */
export interface AccessFlags {
  readonly server?: string
  readonly group?: string
  readonly creds?: string
  readonly nkey?: string
  readonly tokenFile?: string
  readonly tlsCa?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
}

/** Gives a command the options by which it gets at a broker; `run` says the server in another way. */
export function addAccessOptions(command: Command, { server = true }: { readonly server?: boolean } = {}): Command {
  command.optionsGroup('Cluster:')
  if (server)
    command.option('--server <url>', 'the broker (default: $NATS_URL, or nats://127.0.0.1:4222)', withoutSecrets)
  return command
    .option('--group <name>', 'clients and workers of one group work together (default: default)')
    .option('--creds <file>', 'credentials (default: $NATS_CREDS)')
    .option('--nkey <file>', 'the seed of an nkey')
    .option('--token-file <file>', 'a token')
    .option('--tls-ca <file>', 'the certificate authority of the broker, as PEM')
    .option('--tls-cert <file>', 'the certificate of this side, as PEM')
    .option('--tls-key <file>', 'its key')
}

/** What the flags mean for the library. */
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

/** An address on a command line is seen by everybody on the machine. */
export function withoutSecrets(server: string): string {
  if (!server.includes('@')) return server
  throw usageError(
    'user, password or token in an address would be seen: put the address in NATS_URL, or use --token-file',
  )
}

export function readSecret(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new CommandError(`${option}: cannot read ${file}: ${messageOf(error)}`, EXIT.usage, error)
  }
}
