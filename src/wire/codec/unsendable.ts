import { types } from 'node:util'

import { messageOf } from '../../util/message-of.ts'

/** Thrown inside the codec for a value that cannot be sent. Users never see it. */
export class Unsendable extends Error {
  readonly offender: unknown
  readonly reason: string
  /** Set if the value is larger than this, in bytes, and has no other fault. */
  readonly limit: number | undefined
  readonly #unsendable = true

  constructor(offender: unknown, reason: string, limit?: number) {
    super(reason)
    this.offender = offender
    this.reason = reason
    this.limit = limit
  }

  /** Reads no property of the thrown value: a proxy could answer `instanceof` with an error. */
  static is(thrown: unknown): thrown is Unsendable {
    return typeof thrown === 'object' && thrown !== null && #unsendable in thrown && thrown.#unsendable
  }
}

/** Turns any error of encoding a value into one that says why the value cannot be sent. */
export function asUnsendable(error: unknown, value: unknown): Unsendable {
  if (Unsendable.is(error)) return error
  if (types.isNativeError(error) && error instanceof RangeError) return new Unsendable(value, 'is nested too deeply')
  return new Unsendable(value, `could not be read: ${messageOf(error)}`)
}

/** Explains in a few words why a value of this kind cannot be sent. */
export function whyUnsendable(value: unknown): string {
  switch (typeof value) {
    case 'function':
      return 'is a function'
    case 'symbol':
      return 'is a symbol'
    default:
      return whyObjectUnsendable(value as object)
  }
}

function whyObjectUnsendable(value: object): string {
  if (types.isPromise(value)) return 'is a Promise; await it first'
  if (types.isWeakMap(value)) return 'is a WeakMap'
  if (types.isWeakSet(value)) return 'is a WeakSet'
  if (types.isGeneratorObject(value)) return 'is a generator object; collect its values first'
  if (isSocket(value)) return 'holds a socket; open it inside the task, or use stateful()'
  if (isHandle(value)) return 'holds an open handle; open it inside the task, or use stateful()'
  const instead = INSTEAD.get(classNameOf(value))
  if (instead !== undefined) return `is an instance of ${classNameOf(value)}; ${instead}`
  return `is an instance of ${classNameOf(value)}; send its data, or register the class with registerClass()`
}

/** The name of the class that made an object, for messages. */
export function classNameOf(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null
  const name = prototype?.constructor?.name
  return typeof name === 'string' && name !== '' ? name : 'an unnamed class'
}

const OWN_SIGNAL = 'give it to the run as the option "signal", and read currentTask().signal in the task'
/** What to do with instances that belong to this thread. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['AbortSignal', OWN_SIGNAL],
  ['AbortController', OWN_SIGNAL],
  ['AsyncLocalStorage', 'its stores stay in this thread: send what getStore() returns'],
])

const SOCKETS: ReadonlySet<string> = new Set([
  'Socket',
  'TLSSocket',
  'Server',
  'Agent',
  'ClientRequest',
  'IncomingMessage',
  'ServerResponse',
  'WebSocket',
  'Http2Session',
  'ClientHttp2Session',
])
const HANDLES: ReadonlySet<string> = new Set([
  'FileHandle',
  'ReadStream',
  'WriteStream',
  'FSWatcher',
  'ChildProcess',
  'Worker',
  'Timeout',
  'Immediate',
  'DatabaseSync',
  'Readable',
  'Writable',
  'Duplex',
  'Transform',
  'Interface',
])

function isSocket(value: object): boolean {
  return lineage(value).some((name) => SOCKETS.has(name))
}

function isHandle(value: object): boolean {
  return lineage(value).some((name) => HANDLES.has(name))
}

function lineage(value: object): string[] {
  const names: string[] = []
  for (
    let p = Object.getPrototypeOf(value) as object | null;
    p !== null;
    p = Object.getPrototypeOf(p) as object | null
  ) {
    const maker = Object.getOwnPropertyDescriptor(p, 'constructor')?.value as { name?: unknown } | undefined
    if (typeof maker?.name === 'string') names.push(maker.name)
  }
  return names
}
