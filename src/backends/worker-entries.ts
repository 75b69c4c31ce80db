/** Where workers begin. In one place, because the compiler does not rewrite paths in `new URL()`. */
export const THREAD_ENTRY: URL = new URL('./threads/thread-main.js', import.meta.url)
export const PROCESS_ENTRY: URL = new URL('./processes/process-main.js', import.meta.url)
export const WATCHDOG_ENTRY: URL = new URL('./processes/watchdog-main.js', import.meta.url)
