import { byteSize } from '../../options/checks.ts'
import { usageError } from '../command-error.ts'

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
