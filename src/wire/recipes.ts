import { IS_BUNDLED, PACKAGE_ROOT } from '../util/package-root.ts'

/** The exports of this package that make functions of data in workers; a worker makes none but those. */
const MAKERS = {
  pipeline: ['pipeline/runner/make-runner', 'makeRunner'],
  'cached-pipeline': ['pipeline/runner/make-runner', 'makeCachedRunner'],
  'asking-pipeline': ['pipeline/runner/make-runner', 'makeAskingRunner'],
  chain: ['workflow/chain/make-chain', 'makeChain'],
  'cached-chain': ['workflow/chain/make-cached-chain', 'makeCachedChain'],
} as const

export type RecipeName = keyof typeof MAKERS

export function isRecipeName(name: unknown): name is RecipeName {
  return typeof name === 'string' && Object.hasOwn(MAKERS, name)
}

/** What it makes opens a store in a folder that its data names. */
export function opensStore(recipe: RecipeName): boolean {
  return recipe.startsWith('cached-')
}

/** Where workers find what makes a function. Bundled, what they load is one CommonJS file. */
export function makerOf(recipe: RecipeName): { readonly url: string; readonly name: string } {
  const [path, name] = MAKERS[recipe]
  return { url: new URL(`${path}.${IS_BUNDLED ? 'cjs' : 'js'}`, PACKAGE_ROOT).href, name }
}
