import { readFileSync } from 'node:fs'

import type { Command } from 'commander'

import { type BrokerOptions, servers } from '../../cluster/nats-settings.ts'
import { messageOf } from '../../util/message-of.ts'
import { CommandError, usageError, EXIT } from '../command-error.ts'

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
    command.option('--server <url>', 'the broker (default: $NATS_URL, or nats://127.0.0.1:4222)', (text) =>
      parseServers(text, '--server'),
    )
  return command
    .option('--group <name>', 'clients and workers of one group work together (default: default)')
    .option('--creds <file>', 'credentials (default: $NATS_CREDS)', fileFor('--creds'))
    .option('--nkey <file>', 'the seed of an nkey', fileFor('--nkey'))
    .option('--token-file <file>', 'a token', fileFor('--token-file'))
    .option('--tls-ca <file>', 'the certificate authority of the broker, as PEM', fileFor('--tls-ca'))
    .option('--tls-cert <file>', 'the certificate of this side, as PEM', fileFor('--tls-cert'))
    .option('--tls-key <file>', 'its key', fileFor('--tls-key'))
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

/** Checks the address of a broker, or several. On a command line everybody on the machine sees it. */
export function parseServers(text: string, option: string): string {
  if (text.includes('@'))
    throw usageError(
      `${option}: user, password or token in an address would be seen: put the address in NATS_URL, or use --token-file`,
    )
  servers(text, option)
  return text
}

/** Checks the path of a file that is to be read. */
export function fileFor(option: string): (path: string) => string {
  return (path) => {
    readText(path, option)
    return path
  }
}

/** @throws {CommandError} for a file that cannot be read, or is empty: that would let everybody in. */
export function readSecret(file: string, option: string): string {
  const text = readText(file, option).trim()
  if (text !== '') return text
  throw usageError(`${option}: ${file} is empty`)
}

function readText(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CommandError(`${option}: cannot read ${file}: ${messageOf(error)}`, EXIT.usage, error)
  }
}
