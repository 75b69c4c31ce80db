import { PACKAGE_ROOT } from '../util/package-root.ts'

/** Where workers begin. In one place, because the compiler does not rewrite paths in `new URL()`. */
export const THREAD_ENTRY: URL = new URL('backends/threads/thread-main.js', PACKAGE_ROOT)
export const PROCESS_ENTRY: URL = new URL('backends/processes/process-main.js', PACKAGE_ROOT)
export const WATCHDOG_ENTRY: URL = new URL('backends/processes/watchdog-main.js', PACKAGE_ROOT)
