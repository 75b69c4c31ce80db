import { IS_BUNDLED, PACKAGE_ROOT } from '../util/own-package.ts'

/** Bundled, a worker is one CommonJS file. */
const EXTENSION = IS_BUNDLED ? 'cjs' : 'js'

/** Where workers begin. In one place, because the compiler does not rewrite paths in `new URL()`. */
export const THREAD_ENTRY: URL = new URL(`backends/threads/thread-main.${EXTENSION}`, PACKAGE_ROOT)
export const PROCESS_ENTRY: URL = new URL(`backends/processes/process-main.${EXTENSION}`, PACKAGE_ROOT)
export const GUARDED_ENTRY: URL = new URL(`backends/processes/guarded-main.${EXTENSION}`, PACKAGE_ROOT)
export const WATCHDOG_ENTRY: URL = new URL(`backends/processes/watchdog-main.${EXTENSION}`, PACKAGE_ROOT)
