/** The way from here to the root of what runs; the bundler, which moves this file, says another. */
declare const WAY_TO_ROOT: string | undefined

/** This runs from the bundles that are shipped. */
export const IS_BUNDLED: boolean = typeof WAY_TO_ROOT === 'string'

/** The folder that this package runs from: `dist`, whatever file of it this code is in. */
export const PACKAGE_ROOT: URL = new URL(typeof WAY_TO_ROOT === 'string' ? WAY_TO_ROOT : '../', import.meta.url)
