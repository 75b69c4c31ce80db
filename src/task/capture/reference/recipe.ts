import { processWide } from '../../../util/own-package.ts'
import type { RecipeName } from '../../../wire/protocol/portable.ts'
import type { AnyFunction } from '../../task-function.ts'
import type { Callable } from './known-references.ts'

/** How a function is made anew in a worker: an export of a module of this package makes it of data. */
export interface Recipe<D = unknown> {
  readonly recipe: RecipeName
  /** That export as it is here. */
  readonly make: (data: D) => AnyFunction
  /** Travels like a captured value: functions in it are captured in turn. */
  readonly data: D
}

const recipes = processWide('recipes', () => new WeakMap<Callable, Recipe>())

/** How a function that `fromRecipe` gave was made. */
export function recipeOf(fn: Callable): Recipe | undefined {
  return recipes.get(fn)
}

/** The function of a recipe: here as it is, in a worker made there from the same data. */
export function fromRecipe<D>(name: string, recipe: Recipe<D>): AnyFunction {
  const fn = lazily(name, () => recipe.make(recipe.data))
  recipes.set(fn, recipe as unknown as Recipe)
  return fn
}

/** A function that is made when it is first called: then all of its data is there. */
export function lazily(name: string, make: () => AnyFunction): AnyFunction {
  let made: AnyFunction | undefined
  const fn: AnyFunction = (...args) => (made ??= make())(...args)
  return Object.defineProperty(fn, 'name', { value: name })
}
