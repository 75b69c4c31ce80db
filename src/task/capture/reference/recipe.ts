import { processWide } from '../../../util/own-package.ts'
import type { RecipeName } from '../../../wire/protocol/portable.ts'
import type { AnyFunction } from '../../task-function.ts'
import type { Callable } from './known-references.ts'

/** The way to make a function again in a worker: an export of a module of this package makes it from data. */
export interface Recipe<D = unknown> {
  readonly recipe: RecipeName
  /** The same export in this thread. */
  readonly make: (data: D) => AnyFunction
  /** Sent like a captured value: functions in it are captured in turn. */
  readonly data: D
  /**
   * The user's function that it calls: hashed instead of it, by its version if it has one. It is also sent instead of it
   * to workers on other machines.
   */
  readonly behind?: {
    readonly fn: Callable
    readonly version: string | undefined
    /** It is never sent instead: what the recipe adds has to be there, too. */
    readonly isOnlyHashed?: true
  }
  /** Returns a promise to wait for before the data can be read. Rejects if it cannot be sent. */
  readonly ready?: () => Promise<unknown> | undefined
}

const recipes = processWide('recipes', () => new WeakMap<Callable, Recipe>())

/** Returns the recipe of a function made by `fromRecipe`. */
export function recipeOf(fn: Callable): Recipe | undefined {
  return recipes.get(fn)
}

/** Makes the function of a recipe. A worker makes it from the same data. */
export function fromRecipe<D>(name: string, recipe: Recipe<D>): AnyFunction {
  const fn = lazily(name, () => recipe.make(recipe.data))
  setRecipe(fn, recipe)
  return fn
}

/** Sets the way to make a function again in a worker. */
export function setRecipe<D>(fn: Callable, recipe: Recipe<D>): void {
  recipes.set(fn, recipe as unknown as Recipe)
}

/** Returns a function, or class, that is made on its first call, when all of its data exists. */
export function lazily(name: string, make: () => AnyFunction): AnyFunction {
  let made: AnyFunction | undefined
  const fn = function (...args: never[]): unknown {
    made ??= make()
    return new.target === undefined ? made(...args) : Reflect.construct(made, args)
  }
  return Object.defineProperty(fn, 'name', { value: name })
}
