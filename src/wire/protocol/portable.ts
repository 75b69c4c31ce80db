import { IS_BUNDLED, PACKAGE_ROOT } from '../../util/own-package.ts'
import type { Encoded } from '../codec/special.ts'

/**
 * Functions on their way to another thread, process or machine: a graph, because closures may refer to each other.
 *
 * Plain data that structured clone can carry. Made by `capture`, turned into functions again by `revive`.
 */
export interface PortableGraph {
  /** The functions that were asked for, as numbers into `functions`, in the order in which they were given. */
  readonly roots: readonly number[]
  readonly functions: readonly PortableFunction[]
  /** The files that functions by value come from. */
  readonly modules: readonly SourceModule[]
  /** All captured values as one array, so that what two closures share stays shared. Functions inside are specials. */
  readonly values: Encoded
  /** Set where the caller runs TypeScript through tsx: workers then need it too. */
  readonly typescript?: 'tsx'
}

/** How one function or class gets there. */
export type PortableFunction =
  | ExportedFunction
  | { readonly kind: 'builtin'; readonly module: string; readonly path: readonly string[] }
  | { readonly kind: 'global'; readonly path: readonly string[] }
  /** The function itself, where the worker is this thread and copies nothing. */
  | { readonly kind: 'live'; readonly fn: unknown }
  | MadeFunction
  | SourceFunction

/** An export of a module, or with `part` a function of which it is made, by its name there. */
export interface ExportedFunction {
  readonly kind: 'export'
  readonly url: string
  readonly name: string
  readonly part?: string
}

export type ExportedPart = Required<Omit<ExportedFunction, 'kind'>>

/** A function that this package makes of data: by which recipe, and the data as a number into `values`. */
export interface MadeFunction {
  readonly kind: 'made'
  readonly name: string
  readonly recipe: RecipeName
  readonly data: number
}

/** A function or class by value: its source, and where each of its free variables comes from. */
export interface SourceFunction {
  readonly kind: 'source'
  readonly name: string
  /** The text of the function, compiled in the place of its original so that stacks point at the user's lines. */
  readonly code: string
  /** How the text stands: an expression (functions, arrows, classes), or a member of an object literal. */
  readonly form: 'expression' | 'method' | 'getter' | 'setter'
  readonly module: number
  /** Position of the text in its file, from 0. */
  readonly line: number
  readonly column: number
  readonly strict: boolean
  readonly bindings: Readonly<Record<string, Binding>>
  /** Where workers that take no function by value may find it. */
  readonly exported?: ExportedPart | undefined
  /** Of a class: the bindings that evaluating it reads. */
  readonly eager?: readonly string[]
  /** Own properties that were given to the function, as a number into `values`. */
  readonly properties?: number
  /** What was added to its prototype, as a number into `values`. */
  readonly prototype?: number
}

/** Where a free variable comes from in the worker. */
export type Binding =
  | { readonly from: 'function'; readonly id: number }
  | { readonly from: 'value'; readonly id: number }
  | {
      readonly from: 'import'
      readonly specifier: string
      /** The export; `*` for the whole module. */
      readonly name: string
      /** Members taken from it. */
      readonly path?: readonly string[]
      readonly attributes?: Readonly<Record<string, string>>
      /** Exports that must be there, where the whole module is bound so that they are read when they are used. */
      readonly exports?: readonly string[]
    }
  | {
      /** What `require` gives for a specifier. */
      readonly from: 'required'
      readonly specifier: string
      readonly path: readonly string[]
      /** A function that a compiler put around it (`__toESM`), and the arguments that follow. */
      readonly helper?: { readonly id: number; readonly rest: readonly unknown[] }
    }
  /** `require` as of a file; without a `url`, of the function's own. */
  | { readonly from: 'require'; readonly url?: string }
  /** `import.meta` of a file; without a `url`, of the function's own. */
  | { readonly from: 'meta'; readonly url?: string }
  /** CommonJS `module` of the function's own file. */
  | { readonly from: 'module' }
  /** `import()` of the function's own file as a function, as Vite has it. */
  | { readonly from: 'dynamic-import' }
  | { readonly from: 'symbol'; readonly key: string }

/** A file that functions by value come from: what `import.meta`, `import()` and `require` mean there. */
export interface SourceModule {
  readonly url: string
  readonly type: 'module' | 'commonjs'
  /** The source map, where the running text is not what the user wrote. */
  readonly sourceMap?: string
}

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
