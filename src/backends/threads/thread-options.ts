import type { WorkerSpec } from '../../pool/backend/backend.ts'
import { inheritedOptions } from '../inherited-options.ts'

/** Those of Node's options that threads take, in the case that they cannot simply inherit all. */
const FOR_THREADS =
  /^(-r|-C|--(import|require|conditions|loader|experimental-|no-experimental-|enable-source-maps|no-warnings))/

/** The options that a worker thread gets; undefined where it inherits those of this process. */
export function threadOptions(spec: WorkerSpec): string[] | undefined {
  if (spec.execArgv !== undefined) return [...spec.execArgv]
  // A file is no input with a type: the thread would not start.
  if (!process.execArgv.some((option) => option.startsWith('--input-type'))) return undefined
  const options = inheritedOptions()
  return options.filter((option, i) => {
    const before = options[i - 1] ?? ''
    return FOR_THREADS.test(option.startsWith('-') || before.includes('=') ? option : before)
  })
}
