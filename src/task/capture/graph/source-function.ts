import type { Binding, SourceFunction } from '../../../wire/protocol/portable.ts'
import { readVariable, type Inspected } from '../inspect/inspector.ts'
import { placeAt } from '../inspect/place.ts'
import type { ScriptInfo } from '../inspect/script-file.ts'
import { declarationAt, inFile, siteAt, type ScriptLocation } from '../inspect/scripts.ts'
import type { Callable } from '../reference/known-references.ts'
import type { FunctionSite } from '../syntax/function-site.ts'
import { bindingOf } from './binding-of.ts'
import type { Capture, Capturing, SelfReplacing } from './capturing.ts'
import { type CapturedVariable, refused } from './graph-draft.ts'
import { ownMembers } from './own-members.ts'
import { exportsAsTested } from './tested-imports.ts'

/** Captures a function by value: its source, and the present values of its variables. */
export function sourceFunction(
  capture: Capture,
  fn: Callable,
  inspected: Inspected,
  located: ScriptLocation,
): SourceFunction {
  const { info, location } = located
  const site = siteAt(capture.inspector, location, info, fn)
  const capturing: Capturing = { fn, site, located, scopes: inspected.scopes, place: placeOf(site, info) }
  const source = textOf(capture, capturing)
  return { ...source, name: nameOf(fn), ...ownMembers(capture, capturing) }
}

/**
 * Captures a function declaration that has replaced itself by a function that cannot be sent. Calling it replaces it
 * again. `around` is a function that uses it.
 */
export function originalFunction(
  capture: Capture,
  replaced: Callable,
  { name, original }: SelfReplacing,
  around: Capturing,
): SourceFunction {
  const { located } = around
  const site = declarationAt(capture.inspector, located.location.scriptId, located.info, original)
  const outermost = around.scopes.findIndex((scope) => readVariable([scope], name).state !== 'missing')
  const scopes = around.scopes.slice(Math.max(0, outermost))
  return textOf(capture, { fn: replaced, site, located, scopes, place: placeOf(site, located.info) }, name)
}

function placeOf({ position }: FunctionSite, info: ScriptInfo): () => string {
  return () => placeAt(info, inFile(position, info))
}

function textOf(capture: Capture, capturing: Capturing, name = ''): SourceFunction {
  const { site, located, place } = capturing
  const [refusal] = site.refusals
  if (refusal !== undefined) throw refused({ variable: refusal.variable, place }, refusal.reason)
  const bindings = bindingsOf(capture, capturing)
  const eager = site.eager.filter((one) => Object.hasOwn(bindings, one))
  return {
    kind: 'source',
    name,
    code: site.code,
    form: site.form,
    module: capture.graph.addModule(located.info),
    ...inFile(site.position, located.info),
    strict: site.strict,
    bindings,
    ...(eager.length > 0 && { eager }),
  }
}

function bindingsOf(capture: Capture, capturing: Capturing): Record<string, Binding> {
  const { fn, site, place } = capturing
  const bindings: Record<string, Binding> = Object.create(null) as Record<string, Binding>
  for (const module of site.liveModules) {
    const { alias, specifier, attributes, names } = module
    const tested = exportsAsTested(capture, capturing, module)
    bindings[alias] =
      tested === undefined
        ? { from: 'import', specifier, name: '*', exports: names, ...(attributes && { attributes }) }
        : { from: 'value', id: capture.graph.addValue(tested, { variable: names.join(', '), place }) }
  }
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
