import { requireOwnFiles } from '../../util/own-files.ts'
import { ownFile } from '../../util/own-package.ts'
import type { Encoded } from '../codec/special.ts'

/**
 * Functions in transit to another thread, process or machine: a graph, because closures may refer to each other.
 *
 * Plain data that structured clone can carry. Made by `capture`, turned into functions again by `revive`.
 */
export interface PortableGraph {
  /** The requested functions as numbers into `functions`, in the order in which they were given. */
  readonly roots: readonly number[]
  readonly functions: readonly PortableFunction[]
  /** The files that functions by value come from. */
  readonly modules: readonly SourceModule[]
  /** All captured values as one array, so that what two closures share stays shared. Functions inside are specials. */
  readonly values: Encoded
  /** Set if the caller runs TypeScript through tsx: workers then need it, too. */
  readonly typescript?: 'tsx'
}

/** The way in which a worker gets one function or class. */
export type PortableFunction =
  | ExportedFunction
  | { readonly kind: 'builtin'; readonly module: string; readonly path: readonly string[] }
  | { readonly kind: 'global'; readonly path: readonly string[] }
  /** The function itself, if the worker is this thread and copies nothing. */
  | { readonly kind: 'live'; readonly fn: unknown }
  | MadeFunction
  | SourceFunction

/** An export of a module; with `part`, a function that the export is made of, by its name there. */
export interface ExportedFunction {
  readonly kind: 'export'
  readonly url: string
  readonly name: string
  readonly part?: string
  /** Entries of its package, which are loaded before it. */
  readonly after?: readonly string[]
  /** Of a pipeline: the steps that run, in their order. */
  readonly steps?: readonly string[]
}

export type ExportedPart = Required<Omit<ExportedFunction, 'kind' | 'after' | 'steps'>>

/** A function that a recipe of this package makes of data. `data` is a number into `values`. */
export interface MadeFunction {
  readonly kind: 'made'
  readonly name: string
  readonly recipe: RecipeName
  readonly data: number
}

/** A function or class by value: its source, and the origin of each of its free variables. */
export interface SourceFunction {
  readonly kind: 'source'
  readonly name: string
  /** The text of the function. It is compiled at its original position, so that stacks point at the user's lines. */
  readonly code: string
  /** The syntax of the text: an expression (functions, arrows, classes), or a member of an object literal. */
  readonly form: 'expression' | 'method' | 'getter' | 'setter'
  readonly module: number
  /** Position of the text in its file, from 0. */
  readonly line: number
  readonly column: number
  readonly strict: boolean
  readonly bindings: Readonly<Record<string, Binding>>
  /** The export of which it is a part, for workers that refuse functions by value. */
  readonly exported?: ExportedPart | undefined
  /** For a class: the bindings that its evaluation reads. */
  readonly eager?: readonly string[]
  /** Own properties that compiling does not make, as a number into `values`. */
  readonly properties?: number
  /** The same of its prototype, with its `constructor`. */
  readonly prototype?: number
  /** The object that the function inherits from, as a number into `values`, if compiling gives it another one. */
  readonly inherits?: number
  /** The same of its prototype. */
  readonly prototypeInherits?: number
}

/** The origin of a free variable in the worker. */
export type Binding =
  | { readonly from: 'function'; readonly id: number }
  | { readonly from: 'value'; readonly id: number }
  | {
      readonly from: 'import'
      readonly specifier: string
      /** The name of the export; `*` for the whole module. */
      readonly name: string
      /** The path of members to it, for a destructured import. */
      readonly path?: readonly string[]
      readonly attributes?: Readonly<Record<string, string>>
      /** Exports that must exist, if the whole module is bound and its exports are read on use. */
      readonly exports?: readonly string[]
    }
  | {
      /** The value that `require` returns for a specifier. */
      readonly from: 'required'
      readonly specifier: string
      readonly path: readonly string[]
      /** A function that a compiler wrapped around it (`__toESM`), and its further arguments. */
      readonly helper?: { readonly id: number; readonly rest: readonly unknown[] }
    }
  /** `require` of a file; without a `url`, of the function's own. */
  | { readonly from: 'require'; readonly url?: string }
  /** `import.meta` of a file; without a `url`, of the function's own. */
  | { readonly from: 'meta'; readonly url?: string }
  /** CommonJS `module` of the function's own file. */
  | { readonly from: 'module' }
  /** `import()` of the function's own file as a function, as in code built by Vite. */
  | { readonly from: 'dynamic-import' }
  | { readonly from: 'symbol'; readonly key: string }

/** A file that functions by value come from: it determines `import.meta`, `import()` and `require`. */
export interface SourceModule {
  readonly url: string
  readonly type: 'module' | 'commonjs'
  /** The source map, if the running text is generated. */
  readonly sourceMap?: string
}

/** How inputs of a batch are put together for the calls of a function: consecutive ones of it, from the first on. */
export interface Bundle {
  /** The most inputs of a call. */
  readonly size: number
  /** Milliseconds that the host waits for a full call. */
  readonly maxDelay: number
  /** The host narrows down which inputs are at fault if a call fails. */
  readonly split: boolean
}

/** The exports of this package that make functions of data in workers. A worker accepts no others. */
const MAKERS = {
  pipeline: ['pipeline/runner/make-runner', 'makeRunner'],
  'cached-pipeline': ['pipeline/runner/make-runner', 'makeCachedRunner'],
  'asking-pipeline': ['pipeline/runner/make-runner', 'makeAskingRunner'],
  chain: ['workflow/chain/make-chain', 'makeChain'],
  'cached-chain': ['workflow/chain/make-cached-chain', 'makeCachedChain'],
  'batched-step': ['workflow/chain/make-batched-step', 'makeBatchedStep'],
  reducer: ['reduce/worker/make-reducer', 'makeReducer'],
  'task-type': ['task/task', 'makeTaskType'],
  batched: ['task/batched', 'makeBatched'],
  'cached-function': ['cache/cached-function', 'makeCached'],
} as const

export type RecipeName = keyof typeof MAKERS

export function isRecipeName(name: unknown): name is RecipeName {
  return typeof name === 'string' && Object.hasOwn(MAKERS, name)
}

/** Returns true for a recipe whose functions open a store in a folder that its data names. */
export function opensStore(recipe: RecipeName): boolean {
  return recipe.startsWith('cached-')
}

/** The module and export that a worker makes a recipe's function with. In the bundle it is one CommonJS file. */
export function recipeMaker(recipe: RecipeName): { readonly url: string; readonly name: string } {
  const [path, name] = MAKERS[recipe]
  requireOwnFiles()
  return { url: ownFile(path).href, name }
}
