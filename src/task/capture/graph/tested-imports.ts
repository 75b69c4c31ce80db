import { types } from 'node:util'

import { CaptureError } from '../../../errors/argument-errors.ts'
import { readVariable, type VariableReading } from '../inspect/inspector.ts'
import { scriptLocationOf } from '../inspect/scripts.ts'
import type { Callable } from '../reference/known-references.ts'
import { looksNative } from '../reference/native-reference.ts'
import { isPackage } from '../reference/package-entries.ts'
import { recipeOf } from '../reference/recipe.ts'
import type { Capture, Capturing } from './capturing.ts'
import { usedMembers } from './value-binding.ts'

/** The reason to refuse a mock: its calls in workers could not be seen by the test. */
export const MOCK =
  "it is a mock of the test runner, and workers have no mocks. Use { backend: 'serial', copy: false } in this test."

/** Returns true for mock functions of Jest and vitest. */
export function isMock(value: unknown): boolean {
  return typeof value === 'function' && !types.isProxy(value) && Reflect.get(value, '_isMockFunction') === true
}

export function isMockRefusal(error: unknown): boolean {
  return error instanceof CaptureError && error.reason === MOCK
}

/**
 * Returns the value of an imported variable if the file is loaded by a test runner in a context of its own, and the
 * value can be sent: the runner may have put another module in the place of the one that workers would import. Undefined
 * if workers are to import it. `members` are all that is read of it, if that is known.
 */
export function asTested(
  capture: Capture,
  { located }: Capturing,
  { specifier }: { readonly specifier: string },
  reading: VariableReading,
  members?: readonly string[],
): { readonly value: unknown } | undefined {
  if (located.info.isMainContext || reading.state !== 'value') return undefined
  const isObject = typeof reading.value === 'object' && reading.value !== null
  const value: unknown = isObject && members ? usedMembers(reading.value, members) : reading.value
  const parts = isObject ? Object.values(value as object) : [value]
  if (parts.some(isMock)) return { value }
  if (isObject && !isRelative(specifier)) return undefined
  if (parts.some((one) => typeof one === 'function' && isOfPackage(capture, one as Callable, specifier)))
    return undefined
  try {
    return capture.options.canTravel(capture, value) ? { value } : undefined
  } catch (error) {
    // Refused with its own name when it is captured.
    if (isMockRefusal(error)) return { value }
    throw error
  }
}

/** Returns the same of several exports of one module, as an object. */
export function exportsAsTested(
  capture: Capture,
  capturing: Capturing,
  { specifier, names, locals }: { specifier: string; names: readonly string[]; locals: readonly string[] },
): object | undefined {
  const value: Record<string, unknown> = {}
  for (const [i, local] of locals.entries()) {
    const reading = readVariable(capturing.scopes, local)
    if (reading.state !== 'value') return undefined
    value[names[i] as string] = reading.value
  }
  return asTested(capture, capturing, { specifier }, { state: 'value', value }) && value
}

/** Returns true for functions of the runtime and of packages, which workers import. */
function isOfPackage(capture: Capture, fn: Callable, specifier: string): boolean {
  if (looksNative(fn) || recipeOf(fn) !== undefined) return true
  const url = scriptLocationOf(capture.inspector, fn, capture.inspector.inspect(fn))?.info.url
  return url === undefined || !url.startsWith('file:') ? !isRelative(specifier) : isPackage(url)
}

function isRelative(specifier: string): boolean {
  return /^(?:\.{0,2}\/|file:)/.test(specifier)
}
