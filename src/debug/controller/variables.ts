import type { Debugger, Runtime } from 'node:inspector'

import type { MainThread } from './main-thread.ts'

/** A variable that a frame sees. */
export interface Variable {
  readonly name: string
  /** Absent before its declaration was reached. */
  readonly value: Runtime.RemoteObject | undefined
  /** It belongs to a function around this one. */
  readonly captured: boolean
}

/** What Node puts around each CommonJS module. */
const OF_MODULE = new Set(['exports', 'require', 'module', '__filename', '__dirname'])

const LOCAL = new Set(['local', 'block', 'catch', 'with', 'eval'])

/** The variables of a frame: its own, inner blocks first, then those of functions around it. Each name once. */
export async function variablesOf(main: MainThread, call: Debugger.CallFrame): Promise<Variable[]> {
  const variables = new Map<string, Variable>()
  if (isInstance(call.this)) variables.set('this', { name: 'this', value: call.this, captured: false })
  for (const { type, object } of call.scopeChain) {
    if ((!LOCAL.has(type) && type !== 'closure') || object.objectId === undefined) continue
    for (const { name, value } of await main.properties(object.objectId)) {
      const captured = type === 'closure'
      // What it calls is in the file; what it reads is not.
      if (variables.has(name) || (captured && (value?.type === 'function' || OF_MODULE.has(name)))) continue
      variables.set(name, { name, value, captured })
    }
  }
  variables.delete('arguments')
  return [...variables.values()]
}

/** Functions that are no methods have the global object, or nothing. */
function isInstance({ type, className, description }: Runtime.RemoteObject): boolean {
  return type === 'object' && description !== undefined && className !== 'global' && description !== 'global'
}
