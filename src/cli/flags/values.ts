import { readFileSync } from 'node:fs'

import { byteSize } from '../../options/checks.ts'
import { availableWorkers } from '../../options/workers.ts'
import { didYouMean, nearestName } from '../../util/nearest-name.ts'
import { usageError } from '../command-error.ts'

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Milliseconds of a text such as `30s`, `1.5m` or `1h30m`. A unit is wanted. */
export function parseDuration(text: string, option: string): number {
  const compact = text.replaceAll(' ', '')
  const parts = [...compact.matchAll(/(\d+(?:\.\d+)?)(ms|min|[smhd])/gy)]
  if (parts.length > 0 && parts.map(([part]) => part).join('') === compact)
    return parts.reduce((sum, [, value, unit = '']) => sum + Number(value) * (UNITS[unit] as number), 0)
  if (/^\d+(\.\d+)?$/.test(text))
    throw usageError(`${option}: a time needs a unit: ${text}s for seconds, ${text}ms for milliseconds`)
  throw usageError(`${option}: expected a time such as 30s, 500ms, 2m or 1h30m, got "${text}"`)
}

/** Bytes of a text such as `512M` or `2GiB`. A unit is wanted. */
export function parseSize(text: string, option: string): number {
  if (/^\d+(\.\d+)?$/.test(text.trim()))
    throw usageError(`${option}: a size needs a unit: ${text}M for mebibytes, ${text}B for bytes`)
  try {
    return byteSize(text, option)
  } catch {
    throw usageError(`${option}: expected a size such as 512M or 2G, got "${text}"`)
  }
}

/** A number above 0. */
export function parsePositive(text: string, option: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw usageError(`${option}: expected a number above 0, got "${text}"`)
}

/** A parser for a whole number from `min` on. */
export function wholeNumberFrom(min: number, option: string): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (Number.isSafeInteger(value) && value >= min) return value
    throw usageError(`${option}: expected a whole number from ${min} on, got "${text}"`)
  }
}

/** Any number, as `--priority` takes it. */
export function parseNumber(text: string, option: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw usageError(`${option}: expected a number, got "${text}"`)
}

const EXPECTED = '8, 50%, all, -2 or all-1 (all but one)'

/** The number of workers that `--jobs` asks for. */
export function parseJobs(text: string): number {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (share !== null && Number(share[1]) > 0)
    return Math.max(1, Math.floor((availableWorkers() * Number(share[1])) / 100))
  const allBut = /^all(?:-(\d+))?$/.exec(text)
  if (allBut !== null) return availableWorkers(-1 - Number(allBut[1] ?? 0))
  const number = /^-?\d+$/.test(text) ? Number(text) : 0
  if (number === 0 || !Number.isSafeInteger(number)) throw usageError(`--jobs: expected ${EXPECTED}, got "${text}"`)
  return availableWorkers(number)
}

/** A parser for one of some words. */
export function oneOfWords<const T extends string>(words: readonly T[], option: string): (text: string) => T {
  return (text) => {
    if (words.includes(text as T)) return text as T
    throw usageError(`${option}: expected ${words.join(', ')}, got "${text}".${didYouMean(nearestName(text, words))}`)
  }
}

/** A pipeline's config: any JSON, or the file that it is in as `@file`. */
export function parseConfig(text: string): unknown {
  const isFile = text.startsWith('@')
  try {
    return JSON.parse(isFile ? readFileSync(text.slice(1), 'utf8') : text) as unknown
  } catch (error) {
    const where = isFile ? `${text.slice(1)}: ` : ''
    throw usageError(`--config: expected JSON, or @file with JSON, got ${text}: ${where}${(error as Error).message}`)
  }
}

/** Constant arguments: a JSON array. */
export function parseArgs(text: string): readonly unknown[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw usageError(`--args: expected a JSON array such as '[2, "x"]', got ${text}: ${(error as Error).message}`)
  }
  if (Array.isArray(value)) return value as unknown[]
  throw usageError(`--args: expected a JSON array such as '[2, "x"]', got ${text}; for one argument: '[${text}]'`)
}
