import type { Session } from 'node:inspector'

import { UnsupportedError } from '../../../errors/argument-errors.ts'
import { isOfOtherContext } from '../../../wire/codec/own-realm.ts'
import { type ScriptInfo, scriptFromFile, unchangedFile } from './script-file.ts'

/** Values handed over by code that runs inside the inspector. */
interface Holder {
  fn?: unknown
  list?: unknown
}

/** The position of a function in V8's terms. */
export interface FunctionLocation {
  readonly scriptId: string
  readonly line: number
  readonly column: number
}

/** The engine's knowledge of a function. */
export interface Inspected {
  /** Missing for native and bound functions. */
  readonly location: FunctionLocation | undefined
  readonly isBound: boolean
  /** The enclosing scopes, innermost first, without the global one. */
  readonly scopes: readonly object[]
  /** The one among them that holds the variables of an ES module. */
  readonly moduleScope: object | undefined
}

interface Reply {
  result?: { objectId?: string }
  internalProperties?: { name: string; value?: { objectId?: string; value?: unknown } }[]
  scriptSource?: string
}

interface Covered {
  readonly scriptId: string
  readonly url: string
  readonly functions: readonly { readonly ranges: readonly { readonly endOffset: number }[] }[]
}

interface ScopeEntry {
  readonly description: string
  readonly object: object
}

const HOLDER = Symbol.for('manyhands.capture')
const READ_HOLDER = "process.getBuiltinModule('node:inspector')[Symbol.for('manyhands.capture')]"
/** Up to this size, in bytes, walking the heap is fast. */
const SMALL_HEAP = 64 * 1024 * 1024

const holder: Holder = {}
const scripts = new Map<string, ScriptInfo>()

/**
 * A connection to the inspector of this thread, for one capture. It opens no port.
 *
 * Short-lived on purpose: while one is open the runtime keeps the arguments of every `console` call.
 */
export class Inspector {
  readonly #session: Session
  readonly #holderId: string
  #debugging = false

  private constructor(session: Session, shared: object) {
    this.#session = session
    // This code may run in a context of its own, in test runners. The object of the module is the same in all contexts.
    Object.defineProperty(shared, HOLDER, { value: holder, configurable: true })
    try {
      this.#holderId = this.#post('Runtime.evaluate', { expression: READ_HOLDER }).result?.objectId ?? ''
    } finally {
      Reflect.deleteProperty(shared, HOLDER)
    }
  }

  static async open(): Promise<Inspector> {
    try {
      const inspector = await import('node:inspector')
      const session = new inspector.Session()
      session.connect()
      return new Inspector(session, inspector.default)
    } catch (error) {
      throw unsupported(error)
    }
  }

  close(): void {
    this.#session.disconnect()
    holder.fn = undefined
    holder.list = undefined
  }

  inspect(fn: unknown): Inspected {
    const property = this.#internalsOf(fn)
    const place = property('[[FunctionLocation]]')?.value as
      | { scriptId: string; lineNumber: number; columnNumber: number }
      | undefined
    const location = place && { scriptId: place.scriptId, line: place.lineNumber, column: place.columnNumber }
    const isBound = property('[[TargetFunction]]') !== undefined
    const scopes = location === undefined ? [] : this.#scopes(property('[[Scopes]]')?.objectId)
    const moduleScope = scopes.find((one) => one.description === 'Module')?.object
    return { location, isBound, scopes: scopes.map((one) => one.object), moduleScope }
  }

  /** Returns the keys of a WeakMap, or the members of a WeakSet. */
  weakKeys(collection: object): object[] {
    const entries = this.#list<{ key?: object; value?: object }>(this.#internalsOf(collection)('[[Entries]]')?.objectId)
    return entries.map(({ key, value }) => key ?? value).filter((one) => one !== undefined)
  }

  /** Returns a reader of the engine's own properties of an object. */
  #internalsOf(value: unknown): (name: string) => { objectId?: string; value?: unknown } | undefined {
    holder.fn = value
    const handle = this.#call(this.#holderId, 'function () { return this.fn }')
    const { internalProperties = [] } = this.#post('Runtime.getProperties', { objectId: handle, ownProperties: true })
    return (name) => internalProperties.find((one) => one.name === name)?.value
  }

  #scopes(listId: string | undefined): ScopeEntry[] {
    return this.#list<ScopeEntry>(listId).filter((one) => one.description !== 'Global')
  }

  #list<T>(listId: string | undefined): T[] {
    if (listId === undefined) return []
    this.#call(listId, 'function (holder) { holder.list = this }', [{ objectId: this.#holderId }])
    const list = holder.list as ArrayLike<T>
    holder.list = undefined
    return Array.from(list)
  }

  /** Returns the script that contains a function. */
  script(fn: unknown, { location, moduleScope }: Inspected): ScriptInfo | undefined {
    if (location === undefined) return undefined
    const { scriptId } = location
    if (!scripts.has(scriptId)) {
      const text = Function.prototype.toString.call(fn)
      const isModule = moduleScope !== undefined
      // Only the debugger tells the scripts of other contexts.
      const quick = isOfOtherContext(fn) ? undefined : this.#scriptOfFile(scriptId, isModule, { ...location, text })
      if (quick === undefined) this.#debug()
      else scripts.set(scriptId, quick)
    }
    return scripts.get(scriptId)
  }

  /** Returns the URLs of the scripts whose code is in use in this thread, oldest first. */
  *loaded(): Generator<string> {
    this.#debug()
    for (const { url } of scripts.values()) yield url
  }

  /** Returns the running text of a script. */
  source(id: string): string {
    const file = this.#debugging ? undefined : unchangedFile(scripts.get(id))
    if (file !== undefined) return file
    this.#debug()
    return this.#post('Debugger.getScriptSource', { scriptId: id }).scriptSource ?? ''
  }

  /**
   * Finds a script by the coverage that V8 always counts. It walks the heap, so it is used on small ones only. There it
   * takes a tenth of the time of the debugger, which hashes all of Node.
   */
  #scriptOfFile(
    id: string,
    isModule: boolean,
    fn: { readonly line: number; readonly column: number; readonly text: string },
  ): ScriptInfo | undefined {
    if (this.#debugging || process.memoryUsage().heapUsed > SMALL_HEAP) return undefined
    this.#post('Profiler.enable')
    const { result } = this.#post('Profiler.getBestEffortCoverage') as { result?: readonly Covered[] }
    this.#post('Profiler.disable')
    const script = result?.find((one) => one.scriptId === id)
    const length = Math.max(
      0,
      ...(script?.functions ?? []).flatMap((one) => one.ranges.map((range) => range.endOffset)),
    )
    return script && scriptFromFile(script.url, length, isModule, fn)
  }

  /** Makes V8 list all its scripts for the rest of the session. Takes about 20 ms. */
  #debug(): void {
    if (this.#debugging) return
    this.#debugging = true
    // V8 reports all live scripts again.
    scripts.clear()
    this.#session.on('Debugger.scriptParsed', ({ params }) => {
      const { isDefault = true } = (params.executionContextAuxData ?? {}) as { isDefault?: boolean }
      scripts.set(params.scriptId, {
        url: params.url,
        isModule: params.isModule ?? false,
        startLine: params.startLine,
        startColumn: params.startColumn,
        isMainContext: isDefault,
        sourceMapUrl: params.sourceMapURL || undefined,
        text: { hash: params.hash },
      })
    })
    this.#post('Debugger.enable')
    this.#post('Debugger.setSkipAllPauses', { skip: true })
  }

  #call(objectId: string, functionDeclaration: string, args: readonly object[] = []): string {
    const parameters = { objectId, functionDeclaration, arguments: args, silent: true }
    return this.#post('Runtime.callFunctionOn', parameters).result?.objectId ?? ''
  }

  #post(method: string, parameters: object = {}): Reply {
    let reply: Reply = {}
    let failure: Error | null = null
    // In the same thread the answer comes before `post` returns.
    this.#session.post(method, parameters, (error, result) => {
      failure = error
      reply = result ?? {}
    })
    if (failure !== null) throw new UnsupportedError(`the inspector cannot answer ${method}`, { cause: failure })
    return reply
  }
}

function unsupported(cause: unknown): UnsupportedError {
  const denied = (cause as { code?: unknown } | undefined)?.code === 'ERR_ACCESS_DENIED'
  const way = denied ? 'start Node with --allow-inspector (Node 24 and later), or' : 'this runtime has none;'
  return new UnsupportedError(
    `sending functions needs the inspector of the runtime: ${way} use tasksOf(), which goes without`,
    { cause },
  )
}

/** The result of reading a variable in the scopes of a function. */
export type VariableReading =
  | { readonly state: 'missing' }
  | { readonly state: 'value'; readonly value: unknown }
  | { readonly state: 'uninitialised' }

/** Reads one variable, and no other, as the function itself would see it. */
export function readVariable(scopes: readonly object[], name: string): VariableReading {
  for (const scope of scopes) {
    try {
      if (Object.hasOwn(scope, name)) return { state: 'value', value: Reflect.get(scope, name) }
    } catch {
      // From Node 22 on: "Cannot access 'x' from debugger".
      return { state: 'uninitialised' }
    }
  }
  return { state: 'missing' }
}
