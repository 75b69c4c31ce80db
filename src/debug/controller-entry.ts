import { IS_BUNDLED, PACKAGE_ROOT } from '../util/package-root.ts'

/** Where the controller's thread begins. */
export const CONTROLLER_ENTRY: URL = new URL(`debug/controller/main.${IS_BUNDLED ? 'cjs' : 'js'}`, PACKAGE_ROOT)
