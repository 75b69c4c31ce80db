import { createHash } from 'node:crypto'
import { basename } from 'node:path'

import { batchedOf } from '../task/bundle.ts'
import { capture, placeOf } from '../task/capture/capture.ts'
import { knownReference } from '../task/capture/reference/known-references.ts'
import { type Code, type CodeParts, identifyCode } from '../task/code/code-hash.ts'
import { packageFile } from '../task/code/package-path.ts'
import { hostClasses, registeredClasses } from '../task/register-class.ts'
import { Stateful } from '../task/stateful.ts'
import { type AnyFunction, nameOf } from '../task/task-function.ts'
import { Encoder } from '../wire/codec/encoder.ts'
import type { PortableGraph } from '../wire/protocol/portable.ts'

/** A function as caches know it: plain data, that can be sent to a worker. */
export interface Identity {
  /** Its name, for people. */
  readonly name: string
  /** Tells it from other functions: its module and name. The same when its code changes. */
  readonly fn: string
  /** Tells its code, with all that this uses and captured: part of each key. 64 hex digits. */
  readonly code: string
  /** The parts that the code is made of, to tell later what has changed. */
  readonly parts: IdentityParts
  /**
   * A file that was edited after this process had loaded it, so that the code that runs is unknown: nothing is stored
   * then.
   */
  readonly edited: string | undefined
}

export interface IdentityParts extends Partial<CodeParts> {
  /** The user's own version, which stands for the rest. */
  readonly version?: string | undefined
}

/**
 * Identifies a function, or a stateful worker with its arguments. Captured values are read now. With a `version` nothing is
 * captured.
 *
 * @throws {CaptureError} if it captured something that cannot be identified; then it needs a version.
 */
export async function identify(given: AnyFunction | Stateful, version?: string, calledAt?: Error): Promise<Identity> {
  const task = batchedOf(given)?.fn ?? given
  const fn = functionIn(task)
  const construct = task instanceof Stateful && task.args.length > 0 ? encode(task.args) : undefined
  if (version !== undefined) return marked(given, await byVersion(task, fn, version, construct))
  const registered = registeredClasses()
  const functions = [fn, ...registered.flatMap((one) => [one.Class, one.encode, one.decode])]
  const graph = await capture(functions, { classes: hostClasses(), calledAt, hashed: true })
  return identifyGraph(given, graph, construct)
}

/** Identifies a function that was captured before, and the arguments of a stateful one. */
export async function identifyGraph(
  given: AnyFunction | Stateful,
  graph: PortableGraph,
  construct: Code['construct'],
): Promise<Identity> {
  const { hash, parts, edited } = identifyCode([{ graph, args: undefined, construct }], (error) => {
    throw error
  })
  const task = batchedOf(given)?.fn ?? given
  const name = nameOf(task) || basename(await placeOf(functionIn(task)))
  return marked(given, { name, fn: whereIs(graph, name), code: hash, parts, edited })
}

/** Tells a batched function from the function of arrays that it calls, whose results are others. */
function marked(fn: AnyFunction | Stateful, identity: Identity): Identity {
  if (batchedOf(fn) === undefined) return identity
  return { ...identity, code: createHash('sha256').update(`batched ${identity.code}`).digest('hex') }
}

function functionIn(task: AnyFunction | Stateful): AnyFunction {
  return task instanceof Stateful ? (task.StatefulClass as unknown as AnyFunction) : task
}

async function byVersion(
  task: AnyFunction | Stateful,
  fn: AnyFunction,
  version: string,
  construct: Code['construct'],
): Promise<Identity> {
  const { fn: where, name } = await nameAndPlace(task, fn)
  const hash = createHash('sha256').update(JSON.stringify(['version', version, where]))
  if (construct !== undefined) hash.update(JSON.stringify(construct.value))
  return { name, fn: where, code: hash.digest('hex'), parts: { version }, edited: undefined }
}

/** A name does not change when the file does; a nameless function is known by its position. */
async function nameAndPlace(task: AnyFunction | Stateful, fn: AnyFunction): Promise<{ fn: string; name: string }> {
  const name = nameOf(task)
  const known = knownReference(fn)
  if (known?.kind === 'export') return { fn: `${packageFile(known.url)}#${known.name}`, name: name || known.name }
  const { findPosition } = await import('../task/capture/graph/capture-graph.ts')
  const source = await findPosition(fn).catch(() => undefined)
  if (source === undefined) return { fn: `#${name}`, name: name || 'a function' }
  const file = packageFile(source.url)
  const position = `${source.line + 1}:${source.column + 1}`
  return { fn: `${file}#${name || position}`, name: name || `${basename(file)}:${source.line + 1}` }
}

/** The module that a function comes from, and its name. */
function whereIs(graph: PortableGraph, name: string): string {
  const root = graph.functions[graph.roots[0] ?? 0]
  switch (root?.kind) {
    case 'export':
      return `${packageFile(root.url)}#${root.name}`
    case 'source':
      return `${packageFile(graph.modules[root.module]?.url ?? '')}#${root.name || name}`
    case 'builtin':
      return `${root.module}#${root.path.join('.')}`
    case 'global':
    case 'live':
    case 'made':
    case undefined:
      return `#${name}`
  }
}

function encode(args: readonly unknown[]): Code['construct'] {
  return new Encoder({ classes: hostClasses() }).encode(args)
}
