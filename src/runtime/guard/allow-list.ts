import { UnsupportedError } from '../../errors/argument-errors.ts'
import { ModuleLoadError } from '../../errors/worker-errors.ts'
import { moduleTreeHash } from '../../task/code/module-tree.ts'
import { parseRemoteReference } from '../../task/code/remote-reference.ts'
import { registeredClasses } from '../../task/register-class.ts'
import { didYouMean, nearestName } from '../../util/nearest-name.ts'
import type { AllowFrame, LoadFrame } from '../../wire/protocol/frames.ts'
import {
  type ExportedFunction,
  type PortableFunction,
  type PortableGraph,
  opensStore,
} from '../../wire/protocol/portable.ts'
import { importModule } from '../revive/import-module.ts'
import { isOwnPath } from '../revive/native-at.ts'
import { functionsOf } from './functions-of.ts'

/** The functions that a worker runs for untrusted clients: exports of the modules that it was started with. */
export class AllowList {
  readonly #modules: ReadonlyMap<string, string>
  readonly #code: boolean
  readonly #skew: boolean
  #imported: Promise<unknown> | undefined

  constructor({ modules, code, skew }: Omit<AllowFrame, 'type'>) {
    this.#modules = new Map(modules)
    this.#code = code
    this.#skew = skew
  }

  /**
   * Returns the frame with this worker's own modules instead of those that it names, and with nothing else of the
   * sender's code. Registered classes that the sender has by value are replaced by those that modules here have
   * registered.
   *
   * @throws {ModuleLoadError} for a module that is not allowed, or differs from the one here.
   * @throws {UnsupportedError} for a function by value.
   */
  async admit(frame: LoadFrame): Promise<LoadFrame> {
    const { roots, functions, values, typescript } = frame.graph
    if (this.#code) {
      return { ...frame, graph: { ...frame.graph, functions: functions.map((fn) => this.#admitOne(fn)) } }
    }
    const partAt = (root: number): PortableFunction => functions[roots[root] as number] as PortableFunction
    const isMade = partAt(0).kind === 'made'
    // The data of a recipe names functions by their numbers.
    const admitted = isMade ? this.#admitData(frame.graph) : [this.#admitOne(partAt(0))]
    const classRoots: number[] = []
    const classes: LoadFrame['classes'][number][] = []
    for (const [name, ...parts] of frame.classes) {
      const own = this.#admitAll(parts.map(partAt)) ?? (await this.#registered(name))
      if (own === undefined) continue
      const first = classRoots.push(...own.map((part) => admitted.push(part) - 1)) - own.length + 1
      classes.push([name, first, first + 1, first + 2])
    }
    const graph: PortableGraph = {
      roots: [isMade ? (roots[0] as number) : 0, ...classRoots],
      functions: admitted,
      modules: [],
      values: isMade ? values : { value: [], specials: undefined, bytes: 0 },
      ...(typescript === 'tsx' && { typescript }),
    }
    return { ...frame, graph, classes }
  }

  /** Admits a function made by a recipe, and the functions in its data, at their numbers. */
  #admitData(graph: PortableGraph): PortableFunction[] {
    const needed = functionsOf(graph, graph.roots[0] as number)
    return graph.functions.map((fn, id) => (needed.has(id) ? this.#admitOne(fn) : NOTHING))
  }

  #admitAll(parts: readonly PortableFunction[]): PortableFunction[] | undefined {
    try {
      return parts.map((part) => this.#admitOne(part))
    } catch {
      return undefined
    }
  }

  /** Returns the class that a module of this worker has registered under a name. */
  async #registered(name: string): Promise<PortableFunction[] | undefined> {
    this.#imported ??= Promise.allSettled([...this.#modules.values()].map((url) => importModule(url)))
    await this.#imported
    const one = registeredClasses().find((registered) => registered.name === name)
    return one && [one.Class, one.encode, one.decode].map((fn) => ({ kind: 'live', fn }))
  }

  #admitOne(fn: PortableFunction): PortableFunction {
    switch (fn.kind) {
      case 'export':
        // Entries of packages are modules, too, and not checked.
        return { ...fn, url: this.#moduleOf(fn), after: [] }
      case 'builtin':
        if (this.#code || (this.#modules.has(fn.module) && isOwnPath(fn.module, fn.path))) return fn
        throw this.#notAllowed(fn.path.join('.'), fn.module)
      case 'global':
        if (this.#code) return fn
        throw this.#notAllowed(fn.path.join('.'), 'globalThis')
      case 'made':
        if (!opensStore(fn.recipe)) return fn
        throw new UnsupportedError(
          'this worker does not open stores of results: clients look up their caches themselves',
        )
      case 'source':
        if (this.#code) return fn
        if (fn.exported !== undefined) return this.#admitOne({ kind: 'export', ...fn.exported })
        throw new UnsupportedError(
          `${fn.name === '' ? 'a function' : `"${fn.name}"`} cannot be sent by value: this worker only runs exports of ` +
            `${this.#list()}. Export it from a module that workers are started with, or start them with --allow-code`,
        )
      default:
        throw new TypeError('invalid frame: unknown kind of function')
    }
  }

  #moduleOf({ url, name }: ExportedFunction): string {
    const reference = parseRemoteReference(url)
    if (reference === undefined) throw this.#notAllowed(name, 'an unknown module')
    const own = this.#modules.get(reference.id)
    if (own === undefined) {
      if (this.#code) return reference.url
      throw this.#notAllowed(name, reference.id)
    }
    const hash = own.startsWith('file:') ? moduleTreeHash(own) : reference.hash
    if (hash === reference.hash || this.#skew) return own
    throw new ModuleLoadError(
      `${reference.id} differs between this worker (${shortened(hash)}) and the client (${shortened(reference.hash)}): ` +
        `install the same version on both, or start workers with --allow-skew`,
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

/** Stands for a function that is not admitted. */
const NOTHING: PortableFunction = { kind: 'live', fn: undefined }

function shortened(hash: string): string {
  return hash.slice(0, 12)
}
