import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

import { isBatched } from '../../cache/cache-access.ts'
import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import { describeValue } from '../../options/describe-value.ts'
import { checkTaskFunction, type AnyFunction } from '../../task/task-function.ts'
import { PACKAGE_ROOT } from '../../util/own-package.ts'
import { readNodeOptions } from './node-options.ts'
import type { Argument, NodeKind, NodeSpec } from './node-spec.ts'
import { readArguments } from './read-arguments.ts'

/** Makes nodes of one function: one for each call with inputs. */
export type MakeSpec = (inputs: readonly unknown[]) => NodeSpec

/** The arguments of functions that are not called with one item of one stream. */
const NOT_OF_ITEMS: { readonly [K in NodeKind]?: string } = {
  source: 'constants',
  join: 'an item of each stream',
  gather: 'the list of all items',
  groupBy: 'a key and the list of its items',
}

/** Checks the function and options of an operator. The function that it returns checks the inputs. */
export function defineNode(kind: NodeKind, fn: unknown, options: unknown): MakeSpec {
  const operator = kind
  if (typeof fn !== 'function') throw new InvalidArgumentError(`${operator}(fn)`, 'a function', describeValue(fn))
  checkTaskFunction(fn, `${operator}(fn)`)
  const ofBatch = isBatched(fn)
  const refused = ofBatch ? NOT_OF_ITEMS[kind] : undefined
  if (refused !== undefined)
    throw new InvalidArgumentError(
      `${operator}(fn)`,
      `a function of ${refused}`,
      'a batched function, which is called with many items of one stream: give it to apply, filter or flatMap, or as the key of groupBy',
    )
  const settings = readNodeOptions(options, kind === 'gather' || kind === 'groupBy')
  const name = settings.name ?? nodeName(fn, kind)
  return (inputs) => {
    const args = readArguments(inputs)
    checkStreams(kind, name, args)
    if (ofBatch) checkOneStream(name, args)
    return { kind, name, fn, args, settings }
  }
}

function checkStreams(kind: NodeKind, name: string, args: readonly Argument[]): void {
  const streams = args.filter((arg) => 'stream' in arg).length
  const most = kind === 'filter' || kind === 'groupBy' ? 1 : kind === 'source' ? 0 : Infinity
  const fewest = kind === 'filter' || kind === 'flatMap' || kind === 'gather' || kind === 'groupBy' ? 1 : 0
  if (streams >= fewest && streams <= most) return
  const expected = most === 0 ? 'constants' : fewest === most ? 'one stream, and constants' : 'at least one stream'
  throw new InvalidArgumentError(
    `the inputs of ${name}`,
    `${expected} (nodes, arrays, generators and async iterables are streams; mark others with stream(x), and constants with constant(x))`,
    streams === 0 ? 'no stream' : `${streams} streams`,
  )
}

/** A batched function gets many items of one stream, and constants after them. */
function checkOneStream(name: string, args: readonly Argument[]): void {
  const streams = args.filter((arg) => 'stream' in arg).length
  if (args.length > 0 && (streams === 0 || (streams === 1 && 'stream' in (args[0] as Argument)))) return
  throw new InvalidArgumentError(
    `the inputs of ${name}`,
    'one stream, and constants after it: a batched function is called with many items of one stream',
    args.length === 0 ? 'none' : streams > 1 ? `${streams} streams` : 'a constant before the stream',
  )
}

/** Returns the name of a node: its function's, or for a nameless function the place of the call. */
function nodeName(fn: AnyFunction, kind: string): string {
  if (fn.name !== '') return fn.name
  const place = callerOf(new Error('named here'))
  return place === undefined ? kind : `${kind} ${place}`
}

/** Code of this package, and its sources if the runtime maps stacks to sources. */
const OWN_CODE: readonly string[] = [PACKAGE_ROOT, new URL('../src/', PACKAGE_ROOT)].map((url) => fileURLToPath(url))

/** Returns the place in the user's code that a stack comes from, as the stack has it: of the source, if it was mapped. */
function callerOf({ stack }: Error): string | undefined {
  for (const line of String(stack).split('\n')) {
    const [, where = '', row = ''] = /(?:\(| )((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):(\d+):\d+\)?$/.exec(line) ?? []
    if (where === '') continue
    const path = where.startsWith('file:') ? fileURLToPath(where) : where
    if (!OWN_CODE.some((folder) => path.startsWith(folder))) return `${basename(path)}:${row}`
  }
  return undefined
}
