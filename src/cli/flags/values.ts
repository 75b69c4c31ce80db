import { readFileSync } from 'node:fs'

import { byteSize } from '../../options/checks.ts'
import { meantName } from '../../options/foreign-words.ts'
import { availableWorkers } from '../../options/workers.ts'
import { didYouMean } from '../../util/nearest-name.ts'
import { usageError } from '../command-error.ts'
import type { Parse } from './flag-table.ts'

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Reads a time in milliseconds: `30s`, `1.5m`, `1h30m`. Numbers need a unit. */
export function parseDuration(text: string, flag: string): number {
  const compact = text.replaceAll(' ', '')
  const parts = [...compact.matchAll(/(\d+(?:\.\d+)?)(ms|min|[smhd])/gy)]
  if (parts.length > 0 && parts.map(([part]) => part).join('') === compact)
    return parts.reduce((sum, [, value, unit = '']) => sum + Number(value) * (UNITS[unit] as number), 0)
  if (/^\d+(\.\d+)?$/.test(text))
    throw usageError(`${flag}: a time needs a unit: ${text}s for seconds, ${text}ms for milliseconds`)
  throw usageError(`${flag}: expected a time such as 30s, 500ms, 2m or 1h30m, got "${text}"`)
}

/** Reads the name of a file for results. A name of stdout is `-`: to open it would empty the file that stdout is. */
export function parseOutput(text: string): string {
  return /^\/(?:dev\/stdout|dev\/fd\/1|proc\/self\/fd\/1)$/.test(text) ? '-' : text
}

/** Reads a size in bytes: `512M`, `2GiB`. Numbers need a unit. */
export function parseSize(text: string, flag: string): number {
  if (/^\d+(\.\d+)?$/.test(text.trim()))
    throw usageError(`${flag}: a size needs a unit: ${text}M for mebibytes, ${text}B for bytes`)
  try {
    return byteSize(text, flag)
  } catch {
    throw usageError(`${flag}: expected a size such as 512M or 2G, got "${text}"`)
  }
}

/** Reads what a parser reads, and refuses 0. `what` names such a value: `a time`. */
export function above0(what: string, parse: Parse<number>): Parse<number> {
  return (text, flag) => {
    const value = parse(text, flag)
    if (value > 0) return value
    throw usageError(`${flag}: expected ${what} above 0, got "${text}"`)
  }
}

/** Reads any number. */
export function parseNumber(text: string, flag: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw usageError(`${flag}: expected a number, got "${text}"`)
}

/** Reads a number above 0. */
export function parsePositive(text: string, flag: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw usageError(`${flag}: expected a number above 0, got "${text}"`)
}

/** Reads a whole number from `min` on. */
export function wholeNumberFrom(min: number, max: number = Number.MAX_SAFE_INTEGER): Parse<number> {
  const expected = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`
  return (text, flag) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value
    throw usageError(`${flag}: expected a whole number ${expected}, got "${text}"`)
  }
}

/** The number of percents in a text such as `50%`; undefined if it is none. */
export function percentIn(text: string): number | undefined {
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? []
  return percent === undefined ? undefined : Number(percent)
}

/** Reads the number of workers: `8`, `50%`, `all`, `-2`, `all-1`. */
export function parseJobs(text: string, flag: string): number {
  const share = percentIn(text)
  if (share !== undefined && share > 0) return availableWorkers(`${share}%`)
  const allBut = /^all(?:-(\d+))?$/.exec(text)
  if (allBut !== null) return availableWorkers(-1 - Number(allBut[1] ?? 0))
  const number = /^-?\d+$/.test(text) ? Number(text) : 0
  if (number !== 0 && Number.isSafeInteger(number)) return availableWorkers(number)
  throw usageError(`${flag}: expected 8, 50%, all, -2 or all-1 (all but one), got "${text}"`)
}

/** Reads one of some words. */
export function oneOfWords<const T extends string>(words: readonly T[]): Parse<T> {
  return (text, flag) => {
    if (words.includes(text as T)) return text as T
    throw usageError(`${flag}: expected ${words.join(', ')}, got "${text}".${didYouMean(meantName(text, words))}`)
  }
}

/** Reads any JSON, or the file that holds it as `@file`. */
export function parseJsonOrFile(text: string, flag: string): unknown {
  const isFile = text.startsWith('@')
  try {
    return JSON.parse(isFile ? readFileSync(text.slice(1), 'utf8') : text) as unknown
  } catch (error) {
    const where = isFile ? `${text.slice(1)}: ` : ''
    throw usageError(`${flag}: expected JSON, or @file with JSON, got ${text}: ${where}${(error as Error).message}`)
  }
}

/** Reads a JSON array. */
export function parseJsonArray(text: string, flag: string): readonly unknown[] {
  const expected = `${flag}: expected a JSON array such as '[2, "x"]', got ${text}`
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw usageError(`${expected}: ${(error as Error).message}`)
  }
  if (Array.isArray(value)) return value as unknown[]
  throw usageError(`${expected}; for one argument: '[${text}]'`)
}

/** The address at which a server listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Reads `HOST:PORT`, or a port of the loopback. */
export function parseAddress(text: string, flag: string): Address {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? []
  if (port !== '' && Number(port) < 65_536) return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
  throw usageError(`${flag}: expected HOST:PORT, such as 127.0.0.1:9100, got "${text}"`)
}

/** Reads a port. */
export function parsePort(text: string, flag: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port > 0 && port < 65_536) return port
  throw usageError(`${flag}: expected a number from 1 to 65535, got "${text}"`)
}

/** Reads names with commas between them. */
export function parseNames(text: string, flag: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => name !== '')) return names
  throw usageError(`${flag}: expected names with commas between them, such as raw,dark, got "${text}"`)
}
