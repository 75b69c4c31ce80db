import type { Capabilities } from '../pool/backend/backend.ts'
import { IS_BUNDLED, PACKAGE_ROOT } from '../util/own-package.ts'

/** Bundled, a worker is one CommonJS file. */
const EXTENSION = IS_BUNDLED ? 'cjs' : 'js'

/** The files that workers begin with: named here, because the compiler does not rewrite paths in `new URL()`. */
export const THREAD_ENTRY: URL = new URL(`backends/threads/thread-main.${EXTENSION}`, PACKAGE_ROOT)
export const PROCESS_ENTRY: URL = new URL(`backends/processes/process-main.${EXTENSION}`, PACKAGE_ROOT)
export const GUARDED_ENTRY: URL = new URL(`backends/processes/guarded-main.${EXTENSION}`, PACKAGE_ROOT)
export const WATCHDOG_ENTRY: URL = new URL(`backends/processes/watchdog-main.${EXTENSION}`, PACKAGE_ROOT)

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
