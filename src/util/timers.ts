import timers from 'node:timers'

/**
 * The timers and the clock of the platform, as they are when this package is loaded. The bundler puts them in the place
 * of the global ones, which a test of the program may fake.
 */
export const setTimeout: typeof timers.setTimeout = timers.setTimeout
export const setInterval: typeof timers.setInterval = timers.setInterval
export const setImmediate: typeof timers.setImmediate = timers.setImmediate
export const clearTimeout: typeof timers.clearTimeout = timers.clearTimeout
export const clearInterval: typeof timers.clearInterval = timers.clearInterval
export const clearImmediate: typeof timers.clearImmediate = timers.clearImmediate
export const queueMicrotask: (callback: () => void) => void = globalThis.queueMicrotask.bind(globalThis)

const platform = globalThis.performance

export const performance: Pick<typeof globalThis.performance, 'now' | 'timeOrigin'> = {
  now: platform.now.bind(platform),
  timeOrigin: platform.timeOrigin,
}
