import type { Locate } from '../../task/task-call.ts'
import { ClassRegistry, type ClassCodec } from '../../wire/codec/class-registry.ts'
import type { PortableGraph } from '../../wire/protocol/portable.ts'
import { GraphReviver } from './graph-reviver.ts'
import { loadModules } from './load-modules.ts'
import { findSource, mapStack } from './map-stack.ts'

/** A class that was registered by the sender: its name, and the places of class, encode and decode among the roots. */
export type RegisteredRoots = readonly [name: string, prototype: number, encode: number, decode: number]

/** Functions of another thread, here. */
export interface Revived {
  /** In the order in which they were captured. */
  readonly functions: readonly unknown[]
  /** Puts the user's own lines into a stack that one of them left. */
  readonly mapStack: (stack: string) => string
  /** Finds what the user wrote from where it runs here. */
  readonly locate: Locate
}

/**
 * Turns a graph into functions again. Takes the graph over: its values become the captured ones.
 *
 * `registered` classes are added to `classes`, which may be needed for captured instances already.
 *
 * @throws {ModuleLoadError} when a module, or an export of it, cannot be had here.
 */
export async function revive(
  graph: PortableGraph,
  classes: ClassRegistry = new ClassRegistry(),
  registered: readonly RegisteredRoots[] = [],
): Promise<Revived> {
  if (graph.typescript === 'tsx') {
    const { registerTsx } = await import('./tsx.ts')
    await registerTsx(homeOf(graph))
  }
  const reviver = new GraphReviver(graph, await loadModules(graph))
  const root = (index: number): unknown => reviver.make(graph.roots[index] as number)
  // By name only: their prototypes are known when the functions are made, and those may wait for values.
  for (const [name, , , decode] of registered) classes.add(Object.create(null) as object, nameOnly(name, decode, root))
  reviver.decodeValues(classes)
  const functions = graph.roots.map((id) => reviver.make(id))
  for (const [name, prototype, encode, decode] of registered) {
    const codec = { name, encode: functions[encode], decode: functions[decode] } as ClassCodec
    classes.add((functions[prototype] as { prototype: object }).prototype, codec)
  }
  const modules = graph.modules.filter((one) => one.sourceMap !== undefined)
  return {
    functions,
    mapStack: (stack) => mapStack(stack, modules),
    locate: (file, line, column) => findSource(file, line, column, modules),
  }
}

/** A file of the project that the functions belong to. */
function homeOf({ modules, functions }: PortableGraph): string {
  const reference = functions.find((one) => one.kind === 'export')
  return modules[0]?.url ?? reference?.url ?? import.meta.url
}

function nameOnly(name: string, decode: number, root: (index: number) => unknown): ClassCodec {
  return { name, encode: (value) => value, decode: (data) => (root(decode) as (data: unknown) => unknown)(data) }
}
