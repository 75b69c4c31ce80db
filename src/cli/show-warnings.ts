import type { Screen } from './report/screen.ts'

/** Shows warnings of this process, as of a task that takes very long, in the way of all else that the command says. */
export function showWarnings(screen: Screen): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => screen.warn(warning.message))
}
