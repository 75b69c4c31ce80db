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

/** Checks the function and options of an operator. The function that it returns checks the inputs. */
export function defineNode(kind: NodeKind, fn: unknown, options: unknown): MakeSpec {
  const operator = kind
  if (typeof fn !== 'function') throw new InvalidArgumentError(`${operator}(fn)`, 'a function', describeValue(fn))
  checkTaskFunction(fn, `${operator}(fn)`)
  if (isBatched(fn)) {
    const expected = 'a function of one item: nodes of workflows are called item by item'
    throw new InvalidArgumentError(`${operator}(fn)`, expected, 'a batched function: give it to map() before or after')
  }
  const settings = readNodeOptions(options, kind === 'gather' || kind === 'groupBy')
  const name = settings.name ?? nodeName(fn, kind)
  return (inputs) => {
    const args = readArguments(inputs)
    checkStreams(kind, name, args)
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

/** Returns the name of a node: its function's, or for a nameless function the place of the call. */
export function nodeName(fn: AnyFunction, kind: string): string {
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
