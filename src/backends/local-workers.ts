import type { Capabilities } from '../pool/backend/backend.ts'
import { ownFile } from '../util/own-package.ts'

/** The files that workers begin with: named here, because the compiler does not rewrite paths in `new URL()`. */
export const THREAD_ENTRY: URL = ownFile('backends/threads/thread-main')
export const PROCESS_ENTRY: URL = ownFile('backends/processes/process-main')
export const GUARDED_ENTRY: URL = ownFile('backends/processes/guarded-main')
export const WATCHDOG_ENTRY: URL = ownFile('backends/processes/watchdog-main')

/** Node's options of this process, without the code of `node -e` and the inspector's port, which is taken. */
export function inheritedOptions(): string[] {
  const options: string[] = []
  for (let i = 0; i < process.execArgv.length; i++) {
    const option = process.execArgv[i] as string
    if (/^(-e|--eval|-p|--print|-pe)$/.test(option)) i++
    else if (!/^--(inspect|eval=|print=|input-type)/.test(option)) options.push(option)
  }
  return options
}

/** The capabilities of workers that have a thread, a heap and memory of their own. Backends name what differs. */
export const SEPARATE_WORKERS: Capabilities = {
  sharedMemory: false,
  transfer: false,
  stopsBlocked: true,
  isolated: true,
  limitsMemory: true,
  parallel: true,
  closures: true,
  liveEnvironment: true,
}
