import { InvalidStateError } from '../errors/argument-errors.ts'
import { processWide } from '../util/own-package.ts'
import { setReference } from './capture/reference/known-references.ts'

/** Stands for a function whose module only workers load. */
export type Stub = (...args: never[]) => unknown

const stubs = processWide('stubs', () => new WeakSet<object>())

/** Returns true for a stub. */
export function isStub(fn: unknown): fn is Stub {
  return typeof fn === 'function' && stubs.has(fn)
}

/** Makes a stub for an export of a module; with `steps`, for a pipeline of which these run. */
export function stubOf(url: string, name: string, steps?: readonly string[]): Stub {
  const stub = (): never => {
    throw new InvalidStateError(
      `${name} runs in workers only: this process has not loaded ${url}. Give it to map(), run() or task().`,
    )
  }
  Object.defineProperty(stub, 'name', { value: name })
  stubs.add(stub)
  setReference(stub, { kind: 'export', url, name, ...(steps && { steps }) })
  return stub
}
