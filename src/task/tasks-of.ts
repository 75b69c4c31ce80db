import { InvalidArgumentError, InvalidStateError } from '../errors/argument-errors.ts'
import { setReference } from './capture/reference/known-references.ts'

type Stub = (...args: never[]) => unknown
type TaskOrClass = ((...args: never[]) => unknown) | (new (...args: never[]) => { call(...args: never[]): unknown })

/** The exports of a module that are functions, or classes for `stateful()`. */
type FunctionsOf<M> = { readonly [K in keyof M as M[K] extends TaskOrClass ? K : never]: M[K] }

/**
 * Returns the functions of a module for use in workers, without loading the module in this process.
 *
 * `tasksOf<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url)).resize` has the type of the function.
 * If the module or export does not exist, the run that uses it rejects with a `ModuleLoadError`.
 *
 * @example
 * ```ts
 * const { resize } = tasksOf<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url))
 * const images = await map(files, resize)
 * ```
 *
 * @throws {InvalidArgumentError} for anything but a URL.
 */
export function tasksOf<M>(url: URL): FunctionsOf<M> {
  if (!(url instanceof URL)) {
    throw new InvalidArgumentError('tasksOf(url)', "a URL, such as new URL('./tasks.js', import.meta.url)", typeof url)
  }
  const { href } = url
  const known = new Map<string, Stub>()
  return new Proxy(Object.create(null) as FunctionsOf<M>, {
    get(_, name) {
      // An awaited proxy would be called as a promise if it had a `then`.
      if (typeof name === 'symbol' || name === 'then') return undefined
      let stub = known.get(name)
      if (stub === undefined) known.set(name, (stub = stubOf(href, name)))
      return stub
    },
  })
}

const stubs = new WeakSet<object>()

/** Returns true for a stub of a function whose module only workers load. */
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
