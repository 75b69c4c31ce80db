import type { Special } from '../../wire/codec/special.ts'
import type { PortableGraph } from '../../wire/protocol/portable.ts'

/**
 * Returns the numbers of all functions that a function by recipe needs: itself, those in its data, and those in their
 * data.
 */
export function functionsOf(graph: PortableGraph, id: number): ReadonlySet<number> {
  const search = new Search(graph)
  search.enter(id)
  search.run()
  return search.found
}

class Search {
  readonly found = new Set<number>()
  readonly #graph: PortableGraph
  readonly #specials = new Map<unknown, Special[]>()
  readonly #seen = new Set<unknown>()
  readonly #open: unknown[] = []

  constructor(graph: PortableGraph) {
    this.#graph = graph
    for (const special of graph.values.specials ?? []) {
      const [, holder] = special
      const others = this.#specials.get(holder)
      if (others === undefined) this.#specials.set(holder, [special])
      else others.push(special)
    }
  }

  enter(id: number): void {
    if (id < 0 || this.found.has(id)) return
    this.found.add(id)
    const fn = this.#graph.functions[id]
    if (fn?.kind !== 'made') return
    const values = this.#graph.values.value as unknown[]
    this.#open.push(values[fn.data])
    for (const special of this.#specials.get(values) ?? []) if (Number(special[2]) === fn.data) this.#part(special)
  }

  run(): void {
    while (this.#open.length > 0) this.#look(this.#open.pop())
  }

  #look(value: unknown): void {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || this.#seen.has(value)) return
    this.#seen.add(value)
    for (const special of this.#specials.get(value) ?? []) this.#part(special)
    if (value instanceof Map) this.#open.push(...value.keys(), ...value.values())
    else if (value instanceof Set) this.#open.push(...value)
    else for (const key of Object.keys(value)) this.#open.push((value as Record<string, unknown>)[key])
  }

  #part(special: Special): void {
    if (special[0] === 'function' || special[0] === 'prototype') this.enter(special[3])
    else if (special[0] === 'member') {
      const { get = -1, set = -1 } = special[3]
      this.enter(get)
      this.enter(set)
      this.#open.push(special[3])
    } else if (special[0] === 'again') this.#part(special[3])
    else this.#open.push(special[3])
  }
}
