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
