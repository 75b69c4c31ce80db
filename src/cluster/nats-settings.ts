import { readFileSync } from 'node:fs'

import type { ConnectOptions, TlsFiles } from '../backends/nats/connection/dial.ts'
import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { type Check, text, wholeNumber } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { readOptions } from '../options/read-options.ts'
import { messageOf } from '../util/message-of.ts'

/** The address of a broker, and the group there. */
export interface BrokerOptions {
  /** `nats://host:4222`, or several of one cluster. @defaultValue the environment's `NATS_URL`, or `nats://127.0.0.1:4222` */
  readonly servers?: string | readonly string[] | undefined
  /** Workers and clients of one group work together. Letters, digits, `-` and `_`. @defaultValue 'default' */
  readonly group?: string | undefined
  readonly user?: string | undefined
  readonly pass?: string | undefined
  readonly token?: string | undefined
  /** The seed of an nkey, or the path of a file with it. */
  readonly nkey?: string | undefined
  /** The path of a credentials file. @defaultValue the environment's `NATS_CREDS` */
  readonly creds?: string | undefined
  /** Paths of PEM files: `caFile`, and for a client certificate `certFile` and `keyFile`. */
  readonly tls?: TlsFiles | undefined
}

const LOOPBACK = 'nats://127.0.0.1:4222'
const GROUP = /^[\w-]{1,64}$/

/** One address, several with commas between them, or a list. */
export const servers: Check<readonly string[]> = (value, option) => {
  const list = typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value
  const isList = Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string' && one !== '')
  if (!isList)
    throw new InvalidArgumentError(option, "an address such as 'nats://host:4222', or several", describeValue(value))
  for (const address of list) readAddress(address, option)
  return list
}

const group: Check<string> = (value, option) => {
  if (typeof value === 'string' && GROUP.test(value)) return value
  throw new InvalidArgumentError(option, 'a name of letters, digits, - and _', describeValue(value))
}

const file: Check<string> = (value, option) => {
  readFile(text(value, option), option)
  return value as string
}

const tls: Check<TlsFiles> = (value, option) =>
  readOptions(value, { caFile: file, certFile: file, keyFile: file }, option)

const secret: Check<string> = (value, option) => {
  if (typeof value === 'string' && value !== '') return value
  throw new InvalidArgumentError(option, 'a text that is not empty', value === '' ? "''" : typeof value)
}

/** The options of a broker, checked. Those that were not given are absent. */
export interface ConnectSettings {
  readonly servers?: readonly string[]
  readonly group?: string
  readonly user?: string
  readonly pass?: string
  readonly token?: string
  readonly nkey?: string
  readonly creds?: string
  readonly tls?: TlsFiles
}

/** The options of `nats()`. */
export interface NatsOptions extends BrokerOptions {
  /**
   * The most tasks of all clients of the group that wait for a worker: above it `push` and `run` wait. Clients without it
   * are not bound; if clients set different numbers, the last one holds. Above 1,000 it is kept to one in a thousand.
   * @defaultValue Infinity
   */
  readonly maxQueue?: number | undefined
}

/** The checks of what `nats()` and `runWorker()` share. */
export const CONNECT_TABLE: { readonly [K in keyof ConnectSettings]-?: Check<NonNullable<ConnectSettings[K]>> } = {
  servers,
  group,
  user: text,
  pass: text,
  token: secret,
  nkey: text,
  creds: text,
  tls,
}

/**
 * Completes settings from the environment, and takes secrets out of the addresses. Secrets in `NATS_URL` also apply to the
 * same server under another name.
 */
export function connectOptions(settings: ConnectSettings): ConnectOptions {
  const fromEnvironment = servers(process.env['NATS_URL'] || LOOPBACK, 'NATS_URL').map(read)
  const addresses = settings.servers?.map(read) ?? fromEnvironment
  const ofSame = fromEnvironment.filter(({ host }) => addresses.some((address) => address.host === host))
  const named = [...addresses, ...ofSame].find((address) => address.user !== undefined || address.token !== undefined)
  const { group: name = 'default', user = named?.user, pass = named?.pass, token = named?.token, nkey } = settings
  const creds = settings.creds ?? (process.env['NATS_CREDS'] || undefined)
  return {
    servers: addresses.map((address) => address.server),
    group: name,
    ...(user !== undefined && { user }),
    ...(pass !== undefined && { pass }),
    ...(token !== undefined && { token }),
    ...(nkey !== undefined && { nkey: /^SU[A-Z2-7]{50,}$/.test(nkey) ? nkey : readFile(nkey, 'nkey') }),
    // The package finds the end of each part by the line after it.
    ...(creds !== undefined && { creds: `${readFile(creds, 'creds')}\n` }),
    // An address with `tls://` must not end up without TLS.
    ...((settings.tls ?? addresses.some(({ isTls }) => isTls)) && { tls: settings.tls ?? {} }),
  }
}

const NATS_TABLE = { ...CONNECT_TABLE, maxQueue: wholeNumber(1, Infinity) }

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readBrokerOptions(options: unknown): ConnectOptions {
  return connectOptions(readOptions(options, CONNECT_TABLE))
}

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readNatsOptions(options: unknown): { connect: ConnectOptions; maxQueue?: number } {
  const { maxQueue, ...settings } = readOptions(options, NATS_TABLE)
  return { connect: connectOptions(settings), ...(maxQueue !== undefined && { maxQueue }) }
}

interface Address {
  readonly server: string
  readonly host: string
  readonly isTls: boolean
  readonly user?: string
  readonly pass?: string
  readonly token?: string
}

const read = (address: string): Address => readAddress(address, 'servers')

/** `nats://user:pass@host` and `nats://token@host` are what people have in `NATS_URL`. */
function readAddress(address: string, option: string): Address {
  const url = parsed(address.includes('://') ? address : `nats://${address}`)
  if (url === undefined || !/^(nats|tls):$/.test(url.protocol) || url.hostname === '' || !/^\/?$/.test(url.pathname))
    throw new InvalidArgumentError(
      option,
      "addresses such as 'nats://host:4222'",
      describeValue(withoutSecret(address)),
    )
  const host = `${url.hostname}:${url.port || 4_222}`
  const place = { server: `${url.protocol}//${url.host}`, host, isTls: url.protocol === 'tls:' }
  const name = decoded(url.username)
  if (name === '') return place
  return url.password === '' ? { ...place, token: name } : { ...place, user: name, pass: decoded(url.password) }
}

function parsed(address: string): URL | undefined {
  try {
    return new URL(address)
  } catch {
    return undefined
  }
}

/** A `%` in a password may stand for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function withoutSecret(address: string): string {
  return address.replace(/^(.*?\/\/)?.*@/, '$1…@')
}

function readFile(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new InvalidArgumentError(option, 'the path of a file that can be read', messageOf(error))
  }
}
