import { processWide } from '../../util/process-wide.ts'
import type { AnyFunction } from '../task-function.ts'
import type { Callable } from './callable.ts'

/** How a function is made anew in a worker: an export of a module of this package makes it of data. */
export interface Recipe<D = unknown> {
  /** The module, the name of its export, and that export as it is here. */
  readonly url: string
  readonly exportName: string
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
  let made: AnyFunction | undefined
  const fn: AnyFunction = (...args) => (made ??= recipe.make(recipe.data))(...args)
  Object.defineProperty(fn, 'name', { value: name })
  recipes.set(fn, recipe as unknown as Recipe)
  return fn
}
