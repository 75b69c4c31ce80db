import { IS_BUNDLED, PACKAGE_ROOT } from '../../util/package-root.ts'

/** The module that makes chains in workers; bundled, it is one CommonJS file. */
export const CHAIN_URL: string = new URL(`workflow/chain/make-chain.${IS_BUNDLED ? 'cjs' : 'js'}`, PACKAGE_ROOT).href
