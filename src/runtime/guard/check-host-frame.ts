import { types } from 'node:util'

import { isHash } from '../../util/digest.ts'
import { MAX_BATCH, MAX_CONCURRENCY, SLOTS } from '../../wire/protocol/beacon.ts'
import type { HostFrame } from '../../wire/protocol/frames.ts'
import { isRecipeName } from '../../wire/protocol/portable.ts'
import { isRowColumn } from './check-row-column.ts'

const ROLES = new Set(['task', 'stateful', 'init'])
const STATES = new Set(['wait', 'compute', 'hit', 'joined', 'computed', 'unstorable'])

/** Returns true if an untrusted frame has a valid shape. The values that it carries may be anything. */
export function isHostFrame(frame: unknown): frame is HostFrame {
  if (!isObject(frame)) return false
  switch (frame['type']) {
    case 'batch':
      return isBatch(frame)
    case 'load':
      return isLoad(frame)
    case 'cancel':
      return isCount(frame['batch']) && isCount(frame['offset']) && isEncoded(frame['reason'])
    case 'resume':
      return isCount(frame['group'])
    case 'forget':
      return isCount(frame['fn'])
    case 'recalled':
      return isRecalled(frame)
    case 'env':
      return isObject(frame['env']) && Object.values(frame['env']).every((value) => typeof value === 'string')
    case 'close':
      return true
    default:
      return false
  }
}

function isBatch(frame: Fields): boolean {
  const { id, slot, group, concurrency, fn, fns, indexes, attempts, fatal, inputs, trace } = frame
  if (![id, slot, group, concurrency, fn].every(isCount)) return false
  if ((slot as number) >= SLOTS || (concurrency as number) < 1 || (concurrency as number) > MAX_CONCURRENCY)
    return false
  const length = isObject(inputs) ? lengthOf(inputs) : undefined
  if (length === undefined || length < 1 || length > MAX_BATCH) return false
  return (
    (isCount(indexes) || isCounts(indexes, length)) &&
    (fns === undefined || isCounts(fns, length)) &&
    (attempts === undefined || isCounts(attempts, length)) &&
    (fatal === undefined || fatal === true || (Array.isArray(fatal) && fatal.every(isCount))) &&
    (trace === undefined || isTrace(trace))
  )
}

function isTrace(trace: unknown): boolean {
  if (!isObject(trace)) return false
  const { traceparent, tracestate } = trace
  return typeof traceparent === 'string' && (tracestate === undefined || typeof tracestate === 'string')
}

/** Returns the number of inputs in a column; undefined for anything else. */
function lengthOf(column: Fields): number | undefined {
  if ('rows' in column) return isRowColumn(column) ? column.bounds.length / 2 : undefined
  const { values, specials } = column
  if (!isSpecials(specials) || (!Array.isArray(values) && !types.isFloat64Array(values))) return undefined
  return values.length
}

function isRecalled({ call, state, result, valueHash }: Fields): boolean {
  return (
    isCount(call) &&
    STATES.has(state as string) &&
    (result === undefined || isEncoded(result)) &&
    (valueHash === undefined || isHash(valueHash))
  )
}

function isLoad(frame: Fields): boolean {
  const { fn, name, graph, classes, args, construct, instance, role, bundle } = frame
  return (
    isCount(fn) &&
    typeof name === 'string' &&
    ROLES.has(role as string) &&
    isGraph(graph) &&
    Array.isArray(classes) &&
    classes.every(isClass) &&
    (args === undefined || isEncoded(args)) &&
    (construct === undefined || isEncoded(construct)) &&
    (instance === undefined || isCount(instance)) &&
    (bundle === undefined || isBundle(bundle))
  )
}

function isBundle(bundle: unknown): boolean {
  if (!isObject(bundle)) return false
  const { size, maxDelay, split } = bundle
  return isCount(size) && size > 0 && size <= MAX_BATCH && typeof maxDelay === 'number' && typeof split === 'boolean'
}

function isGraph(graph: unknown): boolean {
  if (!isObject(graph)) return false
  const { roots, functions, modules, values } = graph
  return (
    Array.isArray(functions) &&
    functions.every(isFunction) &&
    Array.isArray(roots) &&
    roots.length > 0 &&
    roots.every((root) => isCount(root) && root < functions.length) &&
    Array.isArray(modules) &&
    modules.every(isObject) &&
    isEncoded(values) &&
    Array.isArray(values['value']) &&
    functionsInSpecials(values['specials']).every((id) => isCount(id) && id < functions.length)
  )
}

/** Returns the numbers of the functions in a value. */
function functionsInSpecials(specials: unknown): unknown[] {
  return ((specials ?? []) as unknown[][]).flatMap(([kind, , , part]) => {
    if (kind === 'function' || kind === 'prototype') return [part]
    if (kind !== 'member') return []
    // -1 stands for a missing half of an accessor.
    return isObject(part) ? [part['get'], part['set']].filter((id) => id !== undefined && id !== -1) : [undefined]
  })
}

function isFunction(fn: unknown): boolean {
  if (!isObject(fn)) return false
  const { kind, name, module, path, recipe, data, code, bindings, exported } = fn
  switch (kind) {
    case 'export':
      return isExport(fn)
    case 'builtin':
      return typeof module === 'string' && isTexts(path)
    case 'global':
      return isTexts(path)
    case 'made':
      return typeof name === 'string' && isRecipeName(recipe) && isCount(data)
    case 'source':
      return (
        typeof name === 'string' &&
        typeof code === 'string' &&
        isCount(module) &&
        isObject(bindings) &&
        (exported === undefined || (isObject(exported) && isExport(exported)))
      )
    default:
      return false
  }
}

function isExport({ url, name, part, steps }: Fields): boolean {
  const isNamed = typeof url === 'string' && typeof name === 'string'
  return isNamed && (part === undefined || typeof part === 'string') && (steps === undefined || isTexts(steps))
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function isClass(one: unknown): boolean {
  return Array.isArray(one) && one.length === 4 && typeof one[0] === 'string' && one.slice(1).every(isCount)
}

function isEncoded(value: unknown): value is Fields {
  return isObject(value) && isSpecials(value['specials'])
}

function isSpecials(specials: unknown): boolean {
  return specials === undefined || (Array.isArray(specials) && specials.every(Array.isArray))
}

function isCounts(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.length === length && value.every(isCount)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
