import type { Binding, SourceFunction } from '../../../wire/protocol/portable.ts'
import type { Inspected } from '../inspect/inspector.ts'
import { placeAt } from '../inspect/place.ts'
import { inFile, siteAt, type ScriptLocation } from '../inspect/scripts.ts'
import type { Callable } from '../reference/known-references.ts'
import { addedMembers } from './added-members.ts'
import { bindingOf } from './binding-of.ts'
import type { Capture, Capturing } from './capturing.ts'
import { type CapturedVariable, refused } from './graph-draft.ts'

/** Captures a function by value: its source, and the present values of its variables. */
export function sourceFunction(
  capture: Capture,
  fn: Callable,
  inspected: Inspected,
  located: ScriptLocation,
): SourceFunction {
  const { info, location } = located
  const site = siteAt(capture.inspector, location, info, fn)
  const position = inFile(site.position, info)
  const place = (): string => placeAt(info, position)
  const [refusal] = site.refusals
  if (refusal !== undefined) throw refused({ variable: refusal.variable, place }, refusal.reason)
  const capturing: Capturing = { fn, site, located, scopes: inspected.scopes, place }
  const bindings = bindingsOf(capture, capturing)
  const eager = site.eager.filter((name) => Object.hasOwn(bindings, name))
  return {
    kind: 'source',
    name: nameOf(fn),
    code: site.code,
    form: site.form,
    module: capture.graph.addModule(info),
    ...position,
    strict: site.strict,
    bindings,
    ...(eager.length > 0 && { eager }),
    ...addedMembers(capture, capturing),
  }
}

function bindingsOf(capture: Capture, capturing: Capturing): Record<string, Binding> {
  const { fn, site, place } = capturing
  const bindings: Record<string, Binding> = Object.create(null) as Record<string, Binding>
  for (const { alias, specifier, attributes, names } of site.liveModules)
    bindings[alias] = { from: 'import', specifier, name: '*', exports: names, ...(attributes && { attributes }) }
  if (site.meta !== undefined) bindings[site.meta] = { from: 'meta' }
  if (site.base !== undefined) {
    const base = Object.getPrototypeOf(fn) as Callable
    bindings[site.base] = {
      from: 'function',
      id: capture.add(base, { variable: base.name || 'the base class', place }),
    }
  }
  for (const variable of site.free) {
    const captured: CapturedVariable = { variable: variable.name, place }
    const binding = bindingOf(capture, capturing, variable, captured)
    if (binding !== undefined) bindings[variable.name] = binding
  }
  return bindings
}

function nameOf(fn: Callable): string {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value
  return typeof name === 'string' ? name : ''
}
