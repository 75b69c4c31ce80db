import { IS_BUNDLED, PACKAGE_ROOT } from '../../util/package-root.ts'

/** Bundled, what workers load is one CommonJS file. */
const EXTENSION = IS_BUNDLED ? 'cjs' : 'js'

/** The modules that make chains in workers. */
export const CHAIN_URL: string = new URL(`workflow/chain/make-chain.${EXTENSION}`, PACKAGE_ROOT).href
export const CACHED_CHAIN_URL: string = new URL(`workflow/chain/make-cached-chain.${EXTENSION}`, PACKAGE_ROOT).href
