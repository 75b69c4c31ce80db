import type { Binding } from '../../../wire/protocol/portable.ts'
import { readVariable, type VariableReading } from '../inspect/inspector.ts'
import { inSource, scriptTree } from '../inspect/scripts.ts'
import type { Callable } from '../reference/known-references.ts'
import { programGlobal } from '../reference/native-reference.ts'
import { enclosingFunction } from '../syntax/find-function.ts'
import type { FreeVariable } from '../syntax/function-site.ts'
import type { Origin, Lexical } from '../syntax/origin.ts'
import { offsetOf, type Position, type Script } from '../syntax/parse.ts'
import type { Capture, Capturing } from './capturing.ts'
import { type CapturedVariable, refused } from './graph-draft.ts'
import { asTested } from './tested-imports.ts'
import { valueBinding } from './value-binding.ts'

/** From Node 22 on the engine reports that a variable has no value yet. */
const MUST_GUESS = Number.parseInt(process.versions.node, 10) < 22

/** Returns the origin of a variable's value in a worker; `undefined` for globals, which exist there, too. */
export function bindingOf(
  capture: Capture,
  capturing: Capturing,
  variable: FreeVariable,
  captured: CapturedVariable,
): Binding | undefined {
  const { name, origin } = variable
  const reading = readVariable(capturing.scopes, name)
  const found = reading.state === 'missing' ? asGlobal(name, origin) : reading
  if (found.state === 'missing' && origin === undefined) return undefined
  if (variable.assigned && !replacesItself(capturing, found))
    throw refused(captured, 'the function assigns it, but each worker has its own copy. Return the value instead.')
  const live =
    origin?.from === 'import' || origin?.from === 'require'
      ? asTested(capture, capturing, origin, found, variable.members)
      : undefined
  if (live !== undefined) return valueBinding(capture, capturing, variable, live.value, captured)
  if (origin?.from === 'import' && origin.declared) return importBinding(origin)
  if (isWithoutValue(capture, capturing, found, origin))
    throw refused(captured, 'it has no value yet here. Call this after its declaration.')
  if (origin?.from === 'import') return importBinding(origin)
  if (origin?.from === 'require') {
    const required = requiredBinding(capture, capturing, origin, captured)
    if (required !== undefined) return required
  }
  if (found.state !== 'value') throw refused(captured, 'its value cannot be read.')
  if (typeof found.value === 'function' && variable.original !== undefined) {
    const fn = found.value as Callable
    return { from: 'function', id: capture.addReplaced(fn, { name, original: variable.original }, capturing, captured) }
  }
  return valueBinding(capture, capturing, variable, found.value, captured)
}

/**
 * Returns true for the variable of a function that assigns another function to it when it is called first, as compilers
 * write helpers and async functions: the result is the same in each copy.
 */
function replacesItself({ fn }: Capturing, reading: VariableReading): boolean {
  return reading.state === 'value' && reading.value === fn
}

function asGlobal(name: string, origin: Origin | undefined): VariableReading {
  const global = origin === undefined ? programGlobal(name) : undefined
  return global === undefined ? { state: 'missing' } : { state: 'value', value: global.value }
}

function isWithoutValue(
  capture: Capture,
  { located: { location, info } }: Capturing,
  reading: VariableReading,
  origin: Origin | undefined,
): boolean {
  if (reading.state !== 'value') return reading.state === 'uninitialised'
  if (!MUST_GUESS || reading.value !== undefined || origin?.lexical === undefined) return false
  const sites = capture.options.callSites().filter((site) => site.url === info.url)
  const positions = sites.map((site) => inSource(site, info))
  return isUninitialised(origin.lexical, () => scriptTree(capture.inspector, location.scriptId, info), positions)
}

function importBinding(origin: Origin & { from: 'import' }): Binding {
  const { specifier, name, path, attributes } = origin
  return { from: 'import', specifier, name, ...(path.length > 0 && { path }), ...(attributes && { attributes }) }
}

function requiredBinding(
  capture: Capture,
  { scopes }: Capturing,
  origin: Origin & { from: 'require' },
  captured: CapturedVariable,
): Binding | undefined {
  const { specifier, path, helper } = origin
  if (helper === undefined) return { from: 'required', specifier, path }
  const reading = readVariable(scopes, helper.name)
  if (reading.state !== 'value' || typeof reading.value !== 'function') return undefined
  const id = capture.add(reading.value as Callable, { ...captured, variable: helper.name })
  return { from: 'required', specifier, path, helper: { id, rest: helper.rest } }
}

/**
 * Tells a `const`, `let` or class that has no value yet from one whose value is `undefined`: on Node 20 they look
 * alike.
 *
 * Certain if the initialiser cannot give `undefined`; otherwise decided by whether the running code has passed it.
 */
function isUninitialised(lexical: Lexical, script: () => Script, running: readonly Position[]): boolean {
  if (lexical.neverUndefined) return true
  const offsets = running.map((position) => offsetOf(script(), position))
  const here = offsets.find((offset) => enclosingFunction(script(), offset)?.start === lexical.owner)
  return here !== undefined && here < lexical.offset
}
