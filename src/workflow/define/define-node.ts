import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import { describeValue } from '../../options/describe-value.ts'
import { callSitesOf } from '../../task/capture/inspect/call-sites.ts'
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
  const site = callSitesOf(new Error('named here')).find(({ url }) => url !== '' && !url.startsWith(PACKAGE_ROOT.href))
  if (site === undefined) return kind
  const file = site.url.startsWith('file:') ? fileURLToPath(site.url) : site.url
  return `${kind} ${basename(file)}:${site.line + 1}`
}
