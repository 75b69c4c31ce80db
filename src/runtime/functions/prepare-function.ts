import { runnableOf } from '../../task/exported-object.ts'
import type { Locate } from '../../task/task-call.ts'
import { ClassRegistry } from '../../wire/codec/class-registry.ts'
import { decode } from '../../wire/codec/decode.ts'
import { Encoder } from '../../wire/codec/encoder.ts'
import type { LoadFrame } from '../../wire/protocol/frames.ts'
import { captureTaskOutput } from '../process/capture-output.ts'
import { revive } from '../revive/revive.ts'
import { invoker, type LoadedFunction, spreader } from './loaded-function.ts'

type Callable = (...args: unknown[]) => unknown
type Constructor = new (...args: unknown[]) => object

interface Instance {
  call: Callable
  init?: Callable
  close?: Callable
}

/** Thrown where a function is there, but what it needs before its first task fails. */
export class InitFailure extends Error {
  override readonly cause: unknown

  constructor(cause: unknown) {
    super('init failed')
    this.cause = cause
  }
}

/** What the way to the host can carry. */
export interface Transport {
  /** The host sees this worker's shared memory. */
  readonly sharedMemory: boolean
  /** The most that a result can have, in bytes. */
  readonly maxBytes?: number
  /** What is posted is copied then and there: its memory can be used again. */
  readonly copies: boolean
}

/** The code of a function, before what it needs for its first task. */
export interface ImportedFunction {
  readonly root: Callable
  readonly classes: ClassRegistry
  readonly mapStack: (stack: string) => string
  readonly locate: Locate
}

/** Imports or compiles a function. */
export async function importFunction(frame: LoadFrame): Promise<ImportedFunction> {
  if (frame.captureOutput) captureTaskOutput()
  const classes = new ClassRegistry()
  const { functions, mapStack, locate } = await revive(frame.graph, classes, frame.classes)
  return { root: functions[0] as Callable, classes, mapStack, locate }
}

/** Makes a function ready to run: decodes its constants, builds the instance that it stands for. */
export async function prepareFunction(
  frame: LoadFrame,
  { root, classes, mapStack, locate }: ImportedFunction,
  { sharedMemory, maxBytes, copies }: Transport,
): Promise<LoadedFunction> {
  const given = listOf(frame.args, classes)
  const runnable = runnableOf(root)?.(given)
  // It has its arguments.
  const args = runnable === undefined ? given : []
  const instance = runnable === undefined ? await initialise(frame, root, args, classes) : undefined
  const call = runnable?.call ?? instance?.call.bind(instance) ?? root
  return {
    id: frame.fn,
    name: frame.name,
    invoke: invoker(call, args),
    invokeSpread: spreader(call, args),
    classes,
    results: frame.copy ? new Encoder({ classes, sharedMemory, maxBytes, pooled: copies }) : undefined,
    errors: new Encoder({ classes, sharedMemory, lenient: true, mapStack }),
    announce: frame.announce,
    measure: frame.measure,
    captureOutput: frame.captureOutput,
    mapStack,
    locate,
    stateful: instance !== undefined,
    steps: runnable?.steps,
    close: instance?.close?.bind(instance),
  }
}

async function initialise(
  frame: LoadFrame,
  root: Callable,
  args: unknown[],
  classes: ClassRegistry,
): Promise<Instance | undefined> {
  try {
    if (frame.role === 'init') await root(...args)
    if (frame.role === 'stateful' || (frame.role === 'task' && isClass(root))) {
      return await construct(root as unknown as Constructor, listOf(frame.construct, classes))
    }
    return undefined
  } catch (cause) {
    throw new InitFailure(cause)
  }
}

/** An exported class stands for its instances: the host, which has not loaded its module, cannot know. */
function isClass(root: Callable): boolean {
  return Function.prototype.toString.call(root).startsWith('class')
}

async function construct(StatefulClass: Constructor, args: unknown[]): Promise<Instance> {
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
