import { basename } from 'node:path'

import { UnsupportedError } from '../../errors/argument-errors.ts'
import type { ResultReader } from '../../observe/attempt-columns.ts'
import { batchedOf } from '../../task/bundle.ts'
import { capture } from '../../task/capture/capture.ts'
import { hostClasses, registeredClasses } from '../../task/register-class.ts'
import { Stateful } from '../../task/stateful.ts'
import { type AnyFunction, nameOf, type TaskFunction } from '../../task/task-function.ts'
import { requireOwnFiles } from '../../util/own-files.ts'
import type { Encoded } from '../../wire/codec/special.ts'
import type { LoadFrame, StepsOfTask } from '../../wire/protocol/frames.ts'
import type { PortableGraph } from '../../wire/protocol/portable.ts'
import type { Capabilities } from '../backend/backend.ts'
import { refusalOf } from '../outcomes/refusal.ts'
import { hostEncoder } from './host-encoder.ts'
import { type Located, PreparedFunction } from './prepared-function.ts'
import type { RemoteCache } from './remote-cache.ts'

/** The options with which a function is prepared. */
export interface PrepareOptions {
  readonly name?: string | undefined
  readonly args?: readonly unknown[] | undefined
  /** Typed arrays of at least this many bytes are put into shared memory. */
  readonly shareFrom?: number | undefined
  /** Capabilities of the workers' backend. */
  readonly capabilities: Pick<Capabilities, 'sharedMemory' | 'parallel' | 'maxBytes' | 'closures' | 'remote'>
  /** Workers say when each task starts. */
  readonly announce?: boolean | undefined
  /** Workers say how long tasks took: each of them, or only slow ones. */
  readonly measure?: LoadFrame['measure'] | undefined
  /** Results are sent as lines of JSON. */
  readonly asText?: boolean | undefined
  /** Workers send the content key of each input. */
  readonly keys?: boolean | undefined
  /** Output of tasks goes to the run, also if they run in this thread. */
  readonly captureOutput?: boolean | undefined
  readonly role?: 'task' | 'init'
  /** The steps that the function is made of. */
  readonly steps?: StepsOfTask | undefined
  /** Looks up and stores the results of these steps, for workers that cannot. */
  readonly remoteCache?: RemoteCache | undefined
  /** Finds the part that threw, if the function is made of several. */
  readonly locate?: ((thrown: unknown) => Located | undefined) | undefined
  /** Tells if a result came from a cache in the worker. */
  readonly results?: ResultReader | undefined
  /** An error made in the user's call: its stack tells where that is. */
  readonly calledAt?: Error | undefined
  /** Identifies the instance that it shares with other uses of the same stateful worker. */
  readonly instance?: number | undefined
  /** The function is called as it is: the worker is this thread. */
  readonly live?: boolean
  /** `false`: results are passed as they are, too. */
  readonly copy?: boolean | undefined
}

let lastId = 0

/**
 * Functions that workers import by reference and that hold nothing of a run, by `reuseKey`. A worker keeps them as long
 * as it lives.
 */
const byReference = new WeakMap<AnyFunction, Map<number, PreparedFunction>>()

/** Returns the prepared function if it was sent by reference before with the same options: then nothing is captured. */
export function preparedBefore(fn: TaskFunction, options: PrepareOptions): PreparedFunction | undefined {
  const key = reuseKey(options)
  if (typeof fn !== 'function' || key === undefined) return undefined
  const known = byReference.get(fn)
  const use = known?.get(key)
  if (use === undefined || (use.failed === undefined && use.lasting)) return use
  known?.delete(key)
  return undefined
}

/**
 * Prepares a function to be sent: one prepared function, or for a list of stateful workers one for each.
 *
 * Captured values are read now. Throws a `CaptureError` if the function, or a value that it captured, cannot be sent.
 */
export async function prepareFunctions(
  fn: TaskFunction,
  options: PrepareOptions,
): Promise<readonly PreparedFunction[]> {
  const parts = Array.isArray(fn) ? (fn as readonly Stateful[]) : [fn as AnyFunction | Stateful]
  return Promise.all(parts.map((part) => prepareOne(part, options)))
}

async function prepareOne(given: AnyFunction | Stateful, options: PrepareOptions): Promise<PreparedFunction> {
  const before = given instanceof Stateful ? undefined : preparedBefore(given, options)
  if (before !== undefined) return before
  const batched = batchedOf(given)
  const fn = batched?.fn ?? given
  const bundle = batched?.rules
  const target = fn instanceof Stateful ? (fn.StatefulClass as unknown as AnyFunction) : fn
  const { graph, classes } = await graphOf(target, options)
  const name = options.name ?? (nameOf(fn) || (exportName(graph) ?? (await placeName(target))))
  if (!options.capabilities.closures) refuseClosures(graph, name)
  const load: LoadFrame = {
    type: 'load',
    fn: ++lastId,
    name,
    graph,
    classes,
    args: encodeArguments(options.args, name, options),
    role: fn instanceof Stateful ? 'stateful' : (options.role ?? 'task'),
    construct: fn instanceof Stateful ? encodeArguments(fn.args, name, options) : undefined,
    announce: options.announce ?? false,
    measure: options.measure ?? false,
    captureOutput: options.captureOutput ?? false,
    copy: options.copy ?? true,
    ...(options.asText === true && { asText: true }),
    ...(options.keys === true && { keys: true }),
    ...(options.instance !== undefined && { instance: options.instance }),
    ...(bundle && { bundle }),
  }
  const reuse = reuseKey(options)
  const isStateful = fn instanceof Stateful
  const { steps, remoteCache, locate, results, instance } = options
  // A function that holds something of one run is unloaded with it.
  const lasting = reuse !== undefined && (isStateful ? instance !== undefined : isReference(graph))
  // A function that is made of several cannot be called by itself.
  const source = steps === undefined && locate === undefined ? { fn: given, args: options.args ?? [] } : undefined
  const parts = { classes: hostClasses(), steps, remoteCache, locate, results, lasting, source, bundle }
  const use = new PreparedFunction(load, parts)
  if (lasting && !isStateful) remember(given as AnyFunction, reuse, use)
  return use
}

function remember(fn: AnyFunction, key: number, use: PreparedFunction): void {
  const known = byReference.get(fn) ?? new Map<number, PreparedFunction>()
  byReference.set(fn, known.set(key, use))
}

/**
 * Encodes the options of a preparation as a number. Undefined if they belong to one run: then nothing is kept for later
 * ones.
 */
export function reuseKey(options: PrepareOptions): number | undefined {
  const { name, args, role, live = false, steps, remoteCache, locate, results, capabilities } = options
  const isOfRun =
    name !== undefined ||
    (args?.length ?? 0) > 0 ||
    steps !== undefined ||
    remoteCache !== undefined ||
    locate !== undefined ||
    results !== undefined
  if (isOfRun || live || role === 'init' || registeredClasses().length > 0) return undefined
  const {
    announce = false,
    measure = false,
    captureOutput = false,
    copy = true,
    asText = false,
    keys = false,
  } = options
  const { remote = false } = capabilities
  const bits = Number(announce) | (Number(captureOutput) << 1) | (Number(copy) << 2) | (Number(remote) << 3)
  const measured = measure === false ? 0 : measure === 'each' ? 1 : 2
  return bits | (Number(asText) << 4) | (Number(keys) << 5) | (measured << 6)
}

/** Returns the name of the export that a nameless function is a part of. */
function exportName({ roots, functions }: PortableGraph): string | undefined {
  const root = functions[roots[0] as number]
  return root?.kind === 'export' && root.part !== undefined && root.name !== 'default' ? root.name : undefined
}

function refuseClosures({ roots, functions }: PortableGraph, name: string): void {
  if (functions[roots[0] as number]?.kind !== 'source') return
  throw new UnsupportedError(
    `"${name}" cannot be sent as source: these workers only run exported functions. Move it to a module and export it`,
  )
}

/** Returns true if workers import all functions of a graph: nothing in it was read from this run. */
function isReference(graph: PortableGraph): boolean {
  return graph.functions.every((fn) => fn.kind !== 'source')
}

async function graphOf(
  target: AnyFunction,
  options: PrepareOptions,
): Promise<{ graph: PortableGraph; classes: LoadFrame['classes'] }> {
  if (options.live === true) return { graph: onlyFunction({ kind: 'live', fn: target }), classes: [] }
  requireOwnFiles()
  const registered = registeredClasses()
  const functions = [target, ...registered.flatMap((one) => [one.Class, one.encode, one.decode])]
  const graph = await capture(functions, {
    sharedMemory: options.capabilities.sharedMemory,
    shareFrom: options.shareFrom,
    classes: hostClasses(),
    parts: options.capabilities.remote,
    calledAt: options.calledAt,
    // A worker in this thread sees the module as it stands here.
    warn: options.capabilities.parallel ? warnOnce : undefined,
  })
  const classes = registered.map(({ name }, i) => [name, 3 * i + 1, 3 * i + 2, 3 * i + 3] as const)
  return { graph, classes }
}

const warned = new Set<string>()

function warnOnce(message: string): void {
  if (warned.has(message)) return
  warned.add(message)
  process.emitWarning(message, { type: 'ManyhandsWarning', code: 'MH_MODULE_STATE' })
}

function onlyFunction(fn: PortableGraph['functions'][number]): PortableGraph {
  return { roots: [0], functions: [fn], modules: [], values: { value: [], specials: undefined, bytes: 0 } }
}

async function placeName(fn: AnyFunction): Promise<string> {
  const { placeOf } = await import('../../task/capture/capture.ts')
  return basename(await placeOf(fn))
}

function encodeArguments(
  args: readonly unknown[] | undefined,
  name: string,
  options: PrepareOptions,
): Encoded | undefined {
  if (args === undefined || args.length === 0) return undefined
  if (options.copy === false) return { value: args, specials: undefined, bytes: 0 }
  try {
    return hostEncoder(options.capabilities, options.shareFrom).encode(args)
  } catch (error) {
    // The function is called in this thread because something of it cannot be sent.
    if (options.live === true) return { value: args, specials: undefined, bytes: 0 }
    const task = { name, index: -1, key: 'unhashable' }
    throw refusalOf(
      error,
      { task, input: undefined, attempts: 0 },
      { value: args, name: 'args', direction: 'argument' },
    )
  }
}
