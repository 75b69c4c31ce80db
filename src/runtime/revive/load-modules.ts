import type { AnyFunction } from '../../task/task-function.ts'
import {
  type Binding,
  type ExportedFunction,
  type PortableGraph,
  recipeMaker,
  type RecipeName,
} from '../../wire/protocol/portable.ts'
import { boundExport, exportOf, partOf, withSteps } from './export-of.ts'
import type { Namespace } from './import-from.ts'
import { importModule } from './import-module.ts'

type ImportBinding = Extract<Binding, { from: 'import' }>

/** The imported modules that the functions of a graph need. */
export interface LoadedModules {
  exported(reference: ExportedFunction): unknown
  maker(recipe: RecipeName): (data: unknown) => AnyFunction
  imported(binding: ImportBinding, from: string): unknown
}

/** Imports all modules that a graph refers to, at the same time. */
export async function loadModules(graph: PortableGraph): Promise<LoadedModules> {
  const { typescript } = graph
  const loading = new Map<string, Promise<Namespace>>()
  const loaded = new Map<string, Namespace>()
  const load = (specifier: string, from?: string, attributes?: Readonly<Record<string, string>>): void => {
    const key = keyOf(specifier, from, attributes)
    if (loading.has(key)) return
    const options = { typescript, attributes, ...(from !== undefined && { from }) }
    const promise = importModule(specifier, options)
    loading.set(
      key,
      promise.then((namespace) => {
        loaded.set(key, namespace)
        return namespace
      }),
    )
  }
  for (const fn of graph.functions) {
    if (fn.kind === 'export') {
      for (const entry of fn.after ?? []) load(entry)
      load(fn.url)
    }
    if (fn.kind === 'made') load(recipeMaker(fn.recipe).url)
    if (fn.kind !== 'source') continue
    const from = graph.modules[fn.module]?.url ?? ''
    for (const binding of Object.values(fn.bindings))
      if (binding.from === 'import') load(binding.specifier, from, binding.attributes)
  }
  await Promise.all(loading.values())
  return {
    exported: ({ url, name, part, steps }) => {
      const namespace = namespaceAt(loaded, keyOf(url))
      if (steps !== undefined) return withSteps(exportOf(namespace, url, name), url, name, steps)
      return part === undefined ? exportOf(namespace, url, name) : partOf(namespace, url, name, part)
    },
    maker: (recipe) => {
      const { url, name } = recipeMaker(recipe)
      return exportOf(namespaceAt(loaded, keyOf(url)), url, name) as (data: unknown) => AnyFunction
    },
    imported: (binding, from) => {
      const namespace = namespaceAt(loaded, keyOf(binding.specifier, from, binding.attributes))
      return importedValue(namespace, binding, from)
    },
  }
}

function importedValue(namespace: Namespace, binding: ImportBinding, from: string): unknown {
  const url = isRelative(binding.specifier) ? new URL(binding.specifier, from).href : binding.specifier
  for (const name of binding.exports ?? []) boundExport(namespace, url, name)
  let value = binding.name === '*' ? namespace : boundExport(namespace, url, binding.name)
  for (const member of binding.path ?? []) value = Reflect.get(Object(value) as object, member)
  return value
}

function isRelative(specifier: string): boolean {
  return /^\.{0,2}\//.test(specifier)
}

function keyOf(specifier: string, from?: string, attributes?: Readonly<Record<string, string>>): string {
  return JSON.stringify([specifier, from, attributes])
}

function namespaceAt(loaded: ReadonlyMap<string, Namespace>, key: string): Namespace {
  return loaded.get(key) as Namespace
}
