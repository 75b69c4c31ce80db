import { IS_BUNDLED, PACKAGE_ROOT } from '../util/package-root.ts'

/** The module that makes a run's steps into one function, for workers: bundled, one CommonJS file. */
export const RUNNER_URL: string = new URL(`pipeline/runner/make-runner.${IS_BUNDLED ? 'cjs' : 'js'}`, PACKAGE_ROOT).href
