import { InvalidArgumentError, InvalidStateError } from '../errors/argument-errors.ts'
import { setReference } from './capture/reference/known-references.ts'

type Stub = (...args: never[]) => unknown
type TaskOrClass = ((...args: never[]) => unknown) | (new (...args: never[]) => { call(...args: never[]): unknown })

/** The exports of a module that are functions, or classes for `stateful()`. */
type FunctionsOf<M> = { readonly [K in keyof M as M[K] extends TaskOrClass ? K : never]: M[K] }

/**
 * The functions of a module, to be run by workers; this process never loads the module.
 *
 * `tasksOf<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url)).resize` has the type of the function. A
 * module or export that does not exist is a `ModuleLoadError` of the run that uses it.
 *
 * @throws {InvalidArgumentError} when given no URL.
 */
export function tasksOf<M>(url: URL): FunctionsOf<M> {
  if (!(url instanceof URL)) {
    throw new InvalidArgumentError('tasksOf(url)', "a URL, such as new URL('./tasks.js', import.meta.url)", typeof url)
  }
  const { href } = url
  const known = new Map<string, Stub>()
  return new Proxy(Object.create(null) as FunctionsOf<M>, {
    get(_, name) {
      // `then` would make an awaited proxy call it.
      if (typeof name === 'symbol' || name === 'then') return undefined
      let stub = known.get(name)
      if (stub === undefined) known.set(name, (stub = stubOf(href, name)))
      return stub
    },
  })
}

const stubs = new WeakSet<object>()

/** Whether a function stands for one of a module that only workers load. */
export function isStub(fn: unknown): boolean {
  return typeof fn === 'function' && stubs.has(fn)
}

function stubOf(url: string, name: string): Stub {
  const stub = (): never => {
    throw new InvalidStateError(
      `${name} runs in workers only: this process has not loaded ${url}. Give it to map(), run() or task().`,
    )
  }
  Object.defineProperty(stub, 'name', { value: name })
  stubs.add(stub)
  setReference(stub, { kind: 'export', url, name })
  return stub
}
