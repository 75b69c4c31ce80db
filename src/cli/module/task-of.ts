import { batched } from '../../task/batched.ts'
import { stubOf } from '../../task/stub.ts'
import type { AnyFunction } from '../../task/task-function.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import type { TaskReference } from './find-task.ts'

/** The flags that say what is made of the export. */
type TaskFlags = { readonly [K in 'steps' | 'batched']?: RunFlags[K] | undefined }

/** Returns the function of a run: it stands for an export of a module that only workers load. */
export function taskOf({ url, exportName }: TaskReference, { steps, batched: size }: TaskFlags): AnyFunction {
  const stub = stubOf(url.href, exportName, steps)
  if (size === undefined) return stub
  const fn = stub as (inputs: unknown[]) => unknown[]
  return batched(fn, { size }) as AnyFunction
}
