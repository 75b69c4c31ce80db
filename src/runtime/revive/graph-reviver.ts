import { actBatchedAs } from '../../task/bundle.ts'
import { lazily, recipeOf, setRecipe } from '../../task/capture/reference/recipe.ts'
import type { AnyFunction } from '../../task/task-function.ts'
import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import { decode } from '../../wire/codec/decode.ts'
import type {
  Binding,
  MadeFunction,
  PortableGraph,
  SourceFunction,
  SourceModule,
} from '../../wire/protocol/portable.ts'
import { compileFunction, unwrap, type Unfinished } from './compile-function.ts'
import { finish } from './finish-function.ts'
import type { LoadedModules } from './load-modules.ts'
import { moduleBinding } from './module-binding.ts'
import { nativeAt } from './native-at.ts'

/** The function or value that a variable waits for. */
interface Wait {
  readonly waitsFor: 'function' | 'value'
  readonly id: number
}

/** A variable of a function that was made before the variable's value existed. */
interface Waiting extends Wait {
  readonly set: (value: unknown) => void
}

type Resolved = { readonly value: unknown } | Wait

/** Revives the functions and values of one graph, which may refer to each other in cycles. */
export class GraphReviver {
  readonly #graph: PortableGraph
  readonly #loaded: LoadedModules
  readonly #values: unknown[]
  readonly #done = new Map<number, unknown>()
  readonly #building = new Set<number>()
  /** Classes whose evaluation runs code: they are made when everything that they may use exists. */
  readonly #later: number[] = []
  readonly #waiting: Waiting[] = []
  /** Values that are still being decoded. */
  readonly #openValues: Set<number>
  readonly #unfinished: { readonly fn: SourceFunction; readonly made: object }[] = []
  /** Functions by recipe that have members of their own. */
  readonly #made: { readonly fn: AnyFunction; readonly make: () => AnyFunction }[] = []
  #depth = 0
  #decoding = true

  constructor(graph: PortableGraph, loaded: LoadedModules) {
    this.#graph = graph
    this.#loaded = loaded
    this.#values = graph.values.value as unknown[]
    const specials = graph.values.specials ?? []
    this.#openValues = new Set(specials.filter(([, holder]) => holder === this.#values).map(([, , key]) => Number(key)))
  }

  /** Completes the captured values. Functions inside them are made on the way. */
  decodeValues(classes: ClassRegistry): void {
    const functions = (id: number): unknown => this.make(id)
    decode(this.#values, this.#graph.values.specials, { classes, functions })
    this.#openValues.clear()
    this.#decoding = false
    this.#settle()
    for (const { fn, made } of this.#unfinished.splice(0)) finish(fn, made, this.#values)
    for (const { fn, make } of this.#made.splice(0)) actAs(fn, make())
  }

  /** Returns the function with a number, and makes it if necessary. */
  make(id: number): unknown {
    this.#depth++
    try {
      this.#makeNow(id)
    } finally {
      this.#depth--
    }
    while (this.#depth === 0 && this.#later.length > 0) this.#makeNow(this.#later.pop() as number)
    return this.#done.get(id)
  }

  #makeNow(id: number): void {
    if (this.#done.has(id) || this.#building.has(id)) return
    const fn = this.#graph.functions[id]
    if (fn === undefined) throw new TypeError(`the graph has no function ${id}`)
    if (fn.kind === 'source') this.#build(id, fn)
    else if (fn.kind === 'live') this.#done.set(id, fn.fn)
    else if (fn.kind === 'made') this.#done.set(id, this.#madeBy(fn))
    else this.#done.set(id, fn.kind === 'export' ? this.#loaded.exported(fn) : nativeAt(fn))
  }

  #madeBy({ name, recipe, data }: MadeFunction): unknown {
    const maker = this.#loaded.maker(recipe)
    let made: AnyFunction | undefined
    const make = (): AnyFunction => (made ??= maker(this.#values[data]))
    const fn = lazily(name, make)
    if (recipe === 'cached-function' || recipe === 'batched') this.#withMembers(fn, make)
    return fn
  }

  #withMembers(fn: AnyFunction, make: () => AnyFunction): void {
    if (this.#decoding) this.#made.push({ fn, make })
    else actAs(fn, make())
  }

  #build(id: number, fn: SourceFunction): void {
    this.#building.add(id)
    for (const name of fn.eager ?? []) this.#prepare(fn.bindings[name], new Set([id]))
    const module = this.#graph.modules[fn.module] as SourceModule
    const now = new Map<string, unknown>()
    const late = new Map<string, Wait>()
    for (const [name, binding] of Object.entries(fn.bindings)) {
      const resolved = this.#resolve(binding, module)
      if ('value' in resolved) now.set(name, resolved.value)
      else late.set(name, resolved)
    }
    const made = this.#assemble(fn, module, now, late) as object
    this.#building.delete(id)
    this.#done.set(id, made)
    if (this.#decoding) this.#unfinished.push({ fn, made })
    else finish(fn, made, this.#values)
    this.#settle()
  }

  #assemble(
    fn: SourceFunction,
    module: SourceModule,
    now: ReadonlyMap<string, unknown>,
    late: ReadonlyMap<string, Wait>,
  ): unknown {
    const factory = compileFunction(fn, module, [...now.keys()], [...late.keys()])
    const result = factory(...now.values())
    if (late.size === 0) return unwrap(fn, result)
    const { made, set } = result as Unfinished
    for (const [name, wait] of late) this.#waiting.push({ ...wait, set: set[name] as (value: unknown) => void })
    return unwrap(fn, made)
  }

  #resolve(binding: Binding, module: SourceModule): Resolved {
    switch (binding.from) {
      case 'function':
        return this.#functionFor(binding.id)
      case 'value':
        return this.#ready(binding.id) ? { value: this.#values[binding.id] } : { waitsFor: 'value', id: binding.id }
      case 'import':
        return { value: this.#loaded.imported(binding, module.url) }
      default:
        return { value: moduleBinding(binding, module, (id) => this.#helper(id)) }
    }
  }

  #functionFor(id: number): Resolved {
    const fn = this.#graph.functions[id]
    // A class that runs code must not be evaluated while something that it may use is incomplete.
    if (fn?.kind === 'source' && fn.eager !== undefined && !this.#done.has(id)) this.#later.push(id)
    else this.#makeNow(id)
    return this.#done.has(id) ? { value: this.#done.get(id) } : { waitsFor: 'function', id }
  }

  #helper(id: number): unknown {
    this.#makeNow(id)
    return this.#done.get(id)
  }

  /**
   * Makes everything that a class may use while it is evaluated: the functions that it names, and those that they use.
   */
  #prepare(binding: Binding | undefined, seen: Set<number>): void {
    if (binding?.from !== 'function' || seen.has(binding.id)) return
    seen.add(binding.id)
    this.#makeNow(binding.id)
    const fn = this.#graph.functions[binding.id]
    if (fn?.kind !== 'source') return
    for (const inner of Object.values(fn.bindings)) this.#prepare(inner, seen)
  }

  #ready(id: number): boolean {
    return !this.#openValues.has(id) || this.#values[id] !== undefined
  }

  /** Sets the waiting variables whose values are complete. */
  #settle(): void {
    for (let i = this.#waiting.length - 1; i >= 0; i--) {
      const { waitsFor, id, set } = this.#waiting[i] as Waiting
      if (waitsFor === 'function' ? !this.#done.has(id) : !this.#ready(id)) continue
      set(waitsFor === 'function' ? this.#done.get(id) : this.#values[id])
      this.#waiting.splice(i, 1)
    }
  }
}

/** Gives a function the members of the one that it calls, such as `key`, and lets it be sent on as that one is. */
function actAs(fn: AnyFunction, made: AnyFunction): void {
  Object.assign(fn, made)
  const recipe = recipeOf(made)
  if (recipe !== undefined) setRecipe(fn, recipe)
  actBatchedAs(fn, made)
}
