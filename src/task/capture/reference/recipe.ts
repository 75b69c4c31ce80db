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
}

const recipes = processWide('recipes', () => new WeakMap<Callable, Recipe>())

/** Returns the recipe of a function made by `fromRecipe`. */
export function recipeOf(fn: Callable): Recipe | undefined {
  return recipes.get(fn)
}

/** Makes the function of a recipe. A worker makes it from the same data. */
export function fromRecipe<D>(name: string, recipe: Recipe<D>): AnyFunction {
  const fn = lazily(name, () => recipe.make(recipe.data))
  recipes.set(fn, recipe as unknown as Recipe)
  return fn
}

/** Returns a function that is made on its first call, when all of its data exists. */
export function lazily(name: string, make: () => AnyFunction): AnyFunction {
  let made: AnyFunction | undefined
  const fn: AnyFunction = (...args) => (made ??= make())(...args)
  return Object.defineProperty(fn, 'name', { value: name })
}
