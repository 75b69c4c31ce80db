import { batchedOf } from '../../task/bundle.ts'
import { runnableOf } from '../../task/exported-object.ts'
import { Stateful } from '../../task/stateful.ts'
import type { Locate } from '../../task/task-call.ts'
import { functionOfTaskType } from '../../task/task-function.ts'
import { ClassRegistry } from '../../wire/codec/class-registry.ts'
import { decode } from '../../wire/codec/decode.ts'
import { Encoder } from '../../wire/codec/encoder.ts'
import type { LoadFrame } from '../../wire/protocol/frames.ts'
import type { Bundle } from '../../wire/protocol/portable.ts'
import { captureTaskOutput } from '../process/capture-output.ts'
import { revive } from '../revive/revive.ts'
import { invoker, type LoadedFunction, spreader } from './loaded-function.ts'

type Callable = (...args: unknown[]) => unknown
type Constructor = new (...args: unknown[]) => object

/** An instance of a stateful class. */
export interface Instance {
  call: Callable
  init?: Callable
  close?: Callable
}

/** Thrown if a function is loaded, but its preparation for the first task fails. */
export class InitFailure extends Error {
  override readonly cause: unknown

  constructor(cause: unknown) {
    super('init failed')
    this.cause = cause
  }
}

/** The abilities of the connection to the host. */
export interface Transport {
  /** The host can read this worker's shared memory. */
  readonly sharedMemory: boolean
  /** The largest result that can be sent, in bytes. */
  readonly maxBytes?: number
  /** A frame is copied while it is posted. */
  readonly copies: boolean
}

/** An imported function, before the preparation for its first task. */
export interface ImportedFunction {
  /** The function of a task type stands for it. */
  readonly root: Callable | Stateful
  /** It is called with arrays of inputs. */
  readonly bundle: Bundle | undefined
  readonly classes: ClassRegistry
  readonly mapStack: (stack: string) => string
  readonly locate: Locate
}

/** Imports or compiles a function. */
export async function importFunction(frame: LoadFrame): Promise<ImportedFunction> {
  if (frame.captureOutput) captureTaskOutput()
  const classes = new ClassRegistry()
  const { functions, mapStack, locate } = await revive(frame.graph, classes, frame.classes)
  const exported = functions[0] as Callable
  const task = (functionOfTaskType(exported) as Callable | Stateful | undefined) ?? exported
  const batched = batchedOf(task)
  const root = (batched?.fn as Callable | Stateful | undefined) ?? task
  return { root, bundle: frame.bundle ?? batched?.rules, classes, mapStack, locate }
}

/** Prepares a function: decodes its constants, and builds the instance that it stands for. */
export async function prepareFunction(
  frame: LoadFrame,
  { root, bundle, classes, mapStack, locate }: ImportedFunction,
  { sharedMemory, maxBytes, copies }: Transport,
  instances: Map<number, Promise<Instance>>,
): Promise<LoadedFunction> {
  const given = listOf(frame.args, classes)
  const runnable = runnableOf(root)?.(given)
  if (runnable !== undefined && bundle !== undefined)
    throw new TypeError(
      `${frame.name} is a pipeline, whose items go through its steps one by one: run it without batched`,
    )
  // A runnable object has received its arguments already.
  const args = runnable === undefined ? given : []
  const instance = runnable === undefined ? await initialise(frame, root, args, classes, instances) : undefined
  const call = runnable?.call ?? instance?.call.bind(instance) ?? (root as Callable)
  return {
    id: frame.fn,
    name: frame.name,
    invoke: invoker(call, args),
    invokeSpread: spreader(call, args),
    classes,
    results: frame.copy
      ? new Encoder({ classes, sharedMemory, maxBytes, largeCopies: copies ? 'passed' : undefined })
      : undefined,
    errors: new Encoder({ classes, sharedMemory, lenient: true, mapStack }),
    announce: frame.announce,
    // Observers want the times of each step.
    measure: frame.measure === 'slow' && runnable?.steps !== undefined ? 'each' : frame.measure,
    asText: frame.asText === true && runnable?.steps === undefined,
    keys: frame.keys === true,
    captureOutput: frame.captureOutput,
    mapStack,
    locate,
    stateful: instance !== undefined,
    bundle,
    steps: runnable?.steps,
    // One that is shared lives as long as the worker.
    close: frame.instance === undefined ? instance?.close?.bind(instance) : undefined,
  }
}

async function initialise(
  frame: LoadFrame,
  root: Callable | Stateful,
  args: unknown[],
  classes: ClassRegistry,
  instances: Map<number, Promise<Instance>>,
): Promise<Instance | undefined> {
  try {
    if (frame.role === 'init') await (root as Callable)(...args)
    if (root instanceof Stateful) {
      const build = (): Promise<Instance> => construct(root.StatefulClass, root.args)
      return await (frame.instance === undefined ? build() : sharedInstance(instances, frame.instance, build))
    }
    if (frame.role === 'stateful' || (frame.role === 'task' && isClass(root))) {
      const build = (): Promise<Instance> => construct(root as unknown as Constructor, listOf(frame.construct, classes))
      return await (frame.instance === undefined ? build() : sharedInstance(instances, frame.instance, build))
    }
    return undefined
  } catch (cause) {
    throw new InitFailure(cause)
  }
}

/** Returns the shared instance of a number, and builds it if there is none yet or the last attempt failed. */
function sharedInstance(
  instances: Map<number, Promise<Instance>>,
  id: number,
  build: () => Promise<Instance>,
): Promise<Instance> {
  let instance = instances.get(id)
  if (instance === undefined) {
    instances.set(id, (instance = build()))
    instance.catch(() => instances.delete(id))
  }
  return instance
}

/** An exported class stands for its instances: the host, which has not loaded its module, cannot know. */
function isClass(root: Callable): boolean {
  return Function.prototype.toString.call(root).startsWith('class')
}

async function construct(StatefulClass: Constructor, args: readonly unknown[]): Promise<Instance> {
  const instance = new StatefulClass(...args) as Instance
  if (typeof instance.call !== 'function') {
    throw new TypeError(`the class ${StatefulClass.name} has no method call(input, …)`)
  }
  if (instance.init !== undefined) await instance.init()
  return instance
}

function listOf(encoded: LoadFrame['args'], classes: ClassRegistry): unknown[] {
  return encoded === undefined ? [] : (decode(encoded.value, encoded.specials, { classes }) as unknown[])
}
