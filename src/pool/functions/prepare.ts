import { basename } from 'node:path'

import { UnsupportedError } from '../../errors/argument-errors.ts'
import { capture } from '../../task/capture/capture.ts'
import { hostClasses, registeredClasses } from '../../task/register-class.ts'
import { Stateful } from '../../task/stateful.ts'
import { type AnyFunction, nameOf, type TaskFunction } from '../../task/task-function.ts'
import type { Encoded } from '../../wire/codec/special.ts'
import type { LoadFrame, StepsOfTask } from '../../wire/protocol/frames.ts'
import type { PortableGraph } from '../../wire/protocol/portable.ts'
import type { Capabilities } from '../backend/backend.ts'
import { refusalOf } from '../outcomes/refusal.ts'
import type { ResultKeeper } from '../workers/remote-cache-server.ts'
import { hostEncoder } from './host-encoder.ts'
import type { PreparedFunction } from './prepared-function.ts'

/** How a function is to be used. */
export interface PrepareOptions {
  readonly name?: string | undefined
  readonly args?: readonly unknown[] | undefined
  /** Typed arrays from this size on, in bytes, go into shared memory. */
  readonly shareFrom?: number | undefined
  /** What the workers' backend can do. */
  readonly capabilities: Pick<Capabilities, 'sharedMemory' | 'parallel' | 'maxBytes' | 'closures' | 'remote'>
  /** Workers say when each task starts. */
  readonly announce?: boolean | undefined
  /** Workers say how long each task took. */
  readonly measure?: boolean | undefined
  /** What tasks print shall come to the run, from this thread, too. */
  readonly captureOutput?: boolean | undefined
  readonly role?: 'task' | 'init'
  /** The steps that the function is made of. */
  readonly steps?: StepsOfTask | undefined
  /** Keeps what these give, where workers cannot do that themselves. */
  readonly keeper?: ResultKeeper | undefined
  /** The call that the user made, for what must be known about its place. */
  readonly calledAt?: Error | undefined
  /** Pass the function as it is: the worker is this thread. */
  readonly live?: boolean
  /** `false`: results are passed as they are, too. */
  readonly copy?: boolean | undefined
}

let lastId = 0

/** Functions that workers find by reference, with nothing of a run in them: known to workers as long as they live. */
const byReference = new WeakMap<AnyFunction, PreparedFunction>()

/** What a function needs no time for: it was sent by reference before. */
export function preparedBefore(fn: TaskFunction): PreparedFunction | undefined {
  if (typeof fn !== 'function') return undefined
  const use = byReference.get(fn)
  if (use === undefined || (use.failed === undefined && use.lasting)) return use
  byReference.delete(fn)
  return undefined
}

/**
 * Makes a function ready to be sent: one use, or for a list of stateful workers one for each.
 *
 * Captured values are read now. Throws a `CaptureError` for what cannot travel.
 */
export async function prepareFunctions(
  fn: TaskFunction,
  options: PrepareOptions,
): Promise<readonly PreparedFunction[]> {
  const parts = Array.isArray(fn) ? (fn as readonly Stateful[]) : [fn as AnyFunction | Stateful]
  return Promise.all(parts.map((part) => shipOne(part, options)))
}

async function shipOne(fn: AnyFunction | Stateful, options: PrepareOptions): Promise<PreparedFunction> {
  const plain = typeof fn === 'function' && isPlain(options)
  const before = plain ? preparedBefore(fn) : undefined
  if (before !== undefined) return before
  const target = fn instanceof Stateful ? (fn.StatefulClass as unknown as AnyFunction) : fn
  const { graph, classes } = await graphOf(target, options)
  const name = options.name ?? (nameOf(fn) || (await placeName(target)))
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
  }
  const lasting = plain && isReference(graph)
  const use: PreparedFunction = {
    id: load.fn,
    name,
    load,
    classes: hostClasses(),
    steps: options.steps,
    keeper: options.keeper,
    lasting,
    deaths: 0,
    failed: undefined,
  }
  if (lasting) byReference.set(fn, use)
  return use
}

/** Whether a use says nothing but which function it is. */
function isPlain(options: PrepareOptions): boolean {
  const { name, args, announce, measure, captureOutput, role, live, keeper } = options
  return (
    name === undefined &&
    (args?.length ?? 0) === 0 &&
    !announce &&
    !measure &&
    !captureOutput &&
    role === undefined &&
    keeper === undefined &&
    !live &&
    registeredClasses().length === 0
  )
}

function refuseClosures({ roots, functions }: PortableGraph, name: string): void {
  if (functions[roots[0] as number]?.kind !== 'source') return
  throw new UnsupportedError(`"${name}" cannot go by value to these workers: export it from a module of its own`)
}

/** Whether nothing in a graph was read from this run. */
function isReference(graph: PortableGraph): boolean {
  return graph.functions.every((fn) => fn.kind !== 'source')
}

async function graphOf(
  target: AnyFunction,
  options: PrepareOptions,
): Promise<{ graph: PortableGraph; classes: LoadFrame['classes'] }> {
  if (options.live === true) return { graph: onlyFunction({ kind: 'live', fn: target }), classes: [] }
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
    const task = { name, index: -1, key: 'unhashable' }
    throw refusalOf(
      error,
      { task, input: undefined, attempts: 0 },
      { value: args, name: 'args', direction: 'argument' },
    )
  }
}
