import type { Locate } from '../../task/task-call.ts'
import { OWN_FILE } from '../../util/own-package.ts'
import { ClassRegistry, type ClassCodec } from '../../wire/codec/class-registry.ts'
import type { PortableGraph } from '../../wire/protocol/portable.ts'
import { GraphReviver } from './graph-reviver.ts'
import { loadModules } from './load-modules.ts'
import { findOriginal, mapStack } from './map-stack.ts'

/** A class that the sender has registered: its name, and the roots of class, encode and decode. */
export type RegisteredRoots = readonly [name: string, prototype: number, encode: number, decode: number]

/** The revived functions of a graph. */
export interface Revived {
  /** In the order in which they were captured. */
  readonly functions: readonly unknown[]
  /** Maps a stack of one of them to the user's own lines. */
  readonly mapStack: (stack: string) => string
  /** Finds the original source of a running position. */
  readonly locate: Locate
}

/**
 * Makes functions of a graph. The graph must not be used afterwards: its values become the captured ones.
 *
 * `registered` classes are added to `classes`, because captured instances may need them.
 *
 * @throws {ModuleLoadError} if a module, or an export of it, is missing here.
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
  // Added by name first: their prototypes are known when the functions are made, which may wait for values.
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
    locate: (file, line, column) => findOriginal(file, line, column, modules),
  }
}

/** Returns a file of the project that the functions belong to. */
function homeOf({ modules, functions }: PortableGraph): string {
  const reference = functions.find((one) => one.kind === 'export')
  return modules[0]?.url ?? reference?.url ?? OWN_FILE
}

function nameOnly(name: string, decode: number, root: (index: number) => unknown): ClassCodec {
  return { name, encode: (value) => value, decode: (data) => (root(decode) as (data: unknown) => unknown)(data) }
}
