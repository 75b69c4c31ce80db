import { ModuleLoadError } from '../../errors/module-load-error.ts'
import { UnsupportedError } from '../../errors/unsupported-error.ts'
import { moduleTreeHash } from '../../task/code/module-tree.ts'
import { parseRemoteReference } from '../../task/code/remote-reference.ts'
import { didYouMean, nearestName } from '../../util/nearest-name.ts'
import type { AllowFrame } from '../../wire/frames.ts'
import type { PortableFunction, PortableGraph } from '../../wire/portable.ts'

type ExportReference = Extract<PortableFunction, { kind: 'export' }>

/** What of the functions that strangers ask for a worker runs: exports of the modules that it was started with. */
export class AllowList {
  readonly #modules: ReadonlyMap<string, string>
  readonly #code: boolean
  readonly #skew: boolean

  constructor({ modules, code, skew }: Omit<AllowFrame, 'type'>) {
    this.#modules = new Map(modules)
    this.#code = code
    this.#skew = skew
  }

  /**
   * The graph with this worker's own modules in the places of those that it names.
   *
   * @throws {ModuleLoadError} for a module that was not allowed, or is not the same here.
   * @throws {UnsupportedError} for functions by value, where they are not allowed.
   */
  admit(graph: PortableGraph): PortableGraph {
    const functions = graph.functions.map((fn) => this.#admitOne(fn))
    if (this.#code) return { ...graph, functions }
    const { roots, values } = graph
    return { roots, functions, modules: [], values, ...(graph.typescript === 'tsx' && { typescript: 'tsx' }) }
  }

  #admitOne(fn: PortableFunction): PortableFunction {
    switch (fn.kind) {
      case 'export':
        return { kind: 'export', url: this.#moduleOf(fn), name: fn.name }
      case 'builtin':
        if (this.#code || this.#modules.has(fn.module)) return fn
        throw this.#notAllowed(fn.path.join('.'), fn.module)
      case 'global':
        if (this.#code) return fn
        throw this.#notAllowed(fn.path.join('.'), 'globalThis')
      case 'source':
        if (this.#code) return fn
        throw new UnsupportedError(
          `this worker does not run functions by value, such as "${fn.name}": export it from a module that workers ` +
            `are started with (here: ${this.#list()}), or start them with --allow-code`,
        )
      default:
        throw new TypeError('there is a function of an unknown kind')
    }
  }

  #moduleOf({ url, name }: ExportReference): string {
    const reference = parseRemoteReference(url)
    if (reference === undefined) throw this.#notAllowed(name, 'a place that it names itself')
    const own = this.#modules.get(reference.id)
    if (own === undefined) {
      if (this.#code) return reference.url
      throw this.#notAllowed(name, reference.id)
    }
    const hash = own.startsWith('file:') ? moduleTreeHash(own) : reference.hash
    if (hash === reference.hash || this.#skew) return own
    throw new ModuleLoadError(
      `${reference.id} is not the same at this worker (${shortened(hash)}) as at the client ` +
        `(${shortened(reference.hash)}): bring both to one version, or start workers with --allow-skew`,
      { module: reference.id },
    )
  }

  #notAllowed(name: string, module: string): ModuleLoadError {
    const message =
      `this worker does not run "${name}" of ${module}: it runs exports of ${this.#list()}.` +
      `${didYouMean(nearestName(module, [...this.#modules.keys()]))} Start workers with that module, too`
    return new ModuleLoadError(message, { module })
  }

  #list(): string {
    return this.#modules.size === 0 ? 'no module' : [...this.#modules.keys()].join(', ')
  }
}

function shortened(hash: string): string {
  return hash.slice(0, 12)
}
