import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { type Stub, stubOf } from './stub.ts'
import type { TaskFactory } from './task.ts'

type TaskOrClass = ((...args: never[]) => unknown) | (new (...args: never[]) => { call(...args: never[]): unknown })

/** The exports of a module that are functions, or classes for `stateful()`. A task type stands for its function. */
type FunctionsOf<M> = { readonly [K in keyof M as M[K] extends TaskOrClass ? K : never]: FunctionBehind<M[K]> }

type FunctionBehind<F> = F extends TaskFactory<infer A, infer R> ? (...args: A) => R : F

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
