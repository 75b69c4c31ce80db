import type { CallKey } from './call-key.ts'
import type { Identity, IdentityParts } from './identify.ts'
import type { EntryMeta } from './store/entry-meta.ts'
import type { Store } from './store/store.ts'

/** Stands for any value of an argument, to find calls that differ in that one. */
const ANY = '*'

/**
 * Explains why the result of a call is missing, by the results that there are. Reads the store at the first question.
 *
 * `never run`, `argument 2 changed`, `code of lib/flat.ts changed`, `version of sharp changed`, `captured values changed`,
 * `version`, `evicted`, `forgotten`, `corrupt`, `too old`.
 */
export class Explainer {
  readonly #store: Store
  /** Calls of functions, by their arguments. */
  #same: Map<string, EntryMeta> | undefined
  /** Calls of functions by all arguments but one. */
  readonly #near = new Map<string, EntryMeta>()

  constructor(store: Store) {
    this.#store = store
  }

  why({ key, meta }: CallKey, { parts }: Pick<Identity, 'parts'>): string {
    const gone = this.#store.whyGone(key)
    if (gone !== undefined) return gone
    const { fn, args, code } = meta
    const same = this.#read().get(formOf(fn, args))
    if (same !== undefined) return same.code === code ? 'too old' : this.#whatChanged(same.code, parts, meta.name)
    if (args.length < 2) return 'never run'
    const changed = args.findIndex((_, i) => this.#near.get(formOf(fn, args.with(i, ANY)))?.code === code)
    return changed < 0 ? 'never run' : `argument ${changed + 1} changed`
  }

  #read(): Map<string, EntryMeta> {
    if (this.#same !== undefined) return this.#same
    const same = new Map<string, EntryMeta>()
    for (const { meta } of [...this.#store.list()].sort((a, b) => a.head.stored - b.head.stored)) {
      same.set(formOf(meta.fn, meta.args), meta)
      if (meta.args.length < 2) continue
      for (const i of meta.args.keys()) this.#near.set(formOf(meta.fn, meta.args.with(i, ANY)), meta)
    }
    return (this.#same = same)
  }

  #whatChanged(before: string, now: IdentityParts, name: string): string {
    const then = this.#store.code(before) as IdentityParts | undefined
    if (then === undefined) return `code of ${name} changed`
    if (then.version !== now.version) return 'version'
    const file = firstChange(then.files, now.files)
    if (file !== undefined) return `code of ${file} changed`
    const library = firstChange(then.packages, now.packages)
    if (library !== undefined) return `version of ${library} changed`
    return then.source === now.source ? 'captured values changed' : `code of ${name} changed`
  }
}

function formOf(fn: string, args: readonly string[]): string {
  return `${fn} ${args.join(' ')}`
}

/** Returns a name whose value has changed; else one that is new, or gone. */
function firstChange(
  before: Readonly<Record<string, string>> = {},
  now: Readonly<Record<string, string>> = {},
): string | undefined {
  const names = Object.keys(now)
  const changed = names.find((name) => name in before && before[name] !== now[name])
  return changed ?? names.find((name) => !(name in before)) ?? Object.keys(before).find((name) => !(name in now))
}
