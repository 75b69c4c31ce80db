import type { RunSettings } from './run-settings.ts'

/** Whether a run goes under the debugger. */
export function isDebugged({ debug, inspect }: RunSettings): boolean {
  return debug === true || inspect === true
}

/**
 * What the settings of a run become under the debugger: one task after the other in this thread, and nothing that a person
 * who thinks would run into, or that would draw over what they type.
 */
export function debugSettings<T extends RunSettings>(settings: T): T {
  if (!isDebugged(settings)) return settings
  const unwanted = { timeout: undefined, stallTimeout: undefined, deadline: undefined }
  const progress = typeof settings.progress === 'function' ? settings.progress : false
  return { ...settings, ...unwanted, progress, backend: 'serial', concurrency: 1, workers: 1 }
}
