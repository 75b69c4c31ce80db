import { MAX_BATCH_BYTES } from './batch-sizer.ts'
import type { Chunk } from './chunk.ts'
import { FaultSearch } from './fault-search.ts'
import { ItemChunk } from './item-chunk.ts'
import type { Item } from './item.ts'
import type { StartLimiter, Source } from './ports.ts'

/** The items of a job that wait for a worker: suspects first, then items that run again, then new inputs. */
export class PendingQueue {
  readonly #source: Source
  readonly #limiter: StartLimiter | undefined
  /** Items that came back, and run before new ones. */
  #again: Item[] = []
  /** The same, with nothing else in their batch: each list is one call. */
  #apart: (readonly Item[])[] = []
  /** A chunk that was read to see if there is work. It has passed the limiter. */
  #peeked: Chunk | undefined
  /** Items that may have killed their worker: each list is one call, and runs alone. */
  #suspects: (readonly Item[])[] = []
  /** Searches for the inputs at fault of failed calls. */
  readonly #searches = new Set<FaultSearch<Item>>()

  constructor(source: Source, limiter: StartLimiter | undefined) {
    this.#source = source
    this.#limiter = limiter
  }

  /** Number of items that no worker has, if that is known. */
  remaining(): number | undefined {
    const rest = this.#source.remaining()
    return rest === undefined ? undefined : rest + this.#again.length + (this.#peeked?.length ?? 0)
  }

  /** True if nothing waits for a worker now. */
  get isDrained(): boolean {
    return this.isEmpty && this.#source.empty
  }

  /** True if no item that was read, or came back, waits for a worker. */
  get isEmpty(): boolean {
    return !this.hasSuspects && !this.#hasAgain && this.#peeked === undefined && this.#searches.size === 0
  }

  get hasSuspects(): boolean {
    return this.#suspects.length > 0
  }

  get #hasAgain(): boolean {
    return this.#again.length > 0 || this.#apart.length > 0
  }

  /** Returns true if something waits that a worker could take now. */
  hasWork(): boolean {
    if (this.hasSuspects || this.#peeked !== undefined) return true
    if (this.#hasAgain) return (this.#limiter?.room(1) ?? 1) > 0
    this.#peeked = this.take(1)
    return this.#peeked !== undefined
  }

  /** Takes a call that must run with nothing else in its worker. */
  takeSuspect(): Chunk | undefined {
    const items = this.#suspects.shift()
    if (items === undefined) return undefined
    this.#limiter?.started(1)
    return this.#sent(items)
  }

  /** Takes inputs for one batch of a worker, at most `max` or as many as one call gets; undefined if there are none now. */
  take(max: number, worker?: object): Chunk | undefined {
    const peeked = this.#peeked
    if (peeked !== undefined && (!this.#hasAgain || this.#limiter !== undefined)) {
      this.#peeked = undefined
      return peeked
    }
    const { unit = 1 } = this.#source
    const room = this.#limiter === undefined ? max : this.#limiter.room(Math.ceil(max / unit)) * unit
    if (room === 0) return undefined
    const chunk = this.#takeApart() ?? this.#takeAgain(room) ?? this.#source.take(room, worker)
    if (chunk !== undefined) this.#limiter?.started(callsIn(chunk))
    return chunk
  }

  /** Adds items of one batch that run again, before all that have not begun. */
  requeue(items: readonly Item[]): void {
    const [first] = items
    if (first?.search !== undefined || first?.isApart === true) this.#addApart(items)
    else this.#again = [...items, ...this.#again].sort((a, b) => a.index - b.index)
  }

  /** Adds items whose retry delay is over. */
  retry(items: readonly Item[]): void {
    for (const item of items)
      if (item.isApart) this.#apart.push([item])
      else this.#again.push(item)
  }

  /** Adds the items of one call that may have killed its worker. */
  suspect(items: readonly Item[]): void {
    this.#suspects.push(items)
  }

  /** Called when a call with several inputs failed: begins, or continues, the search for those at fault. */
  callFailed(items: readonly Item[], isAlone: boolean): void {
    const search = items[0]?.search
    if (search === undefined) return this.#begin(new FaultSearch([items], isAlone, true))
    search.isAlone ||= isAlone
    this.searchFailed(search)
  }

  /** Called when the last call of a search failed. */
  searchFailed(search: FaultSearch<Item>): void {
    if (!this.#searches.has(search)) return
    search.failed()
    this.#continue(search)
  }

  /** Called when a batch is finished. Returns true if a search continues because its call has returned. */
  finished(chunk: Chunk): boolean {
    for (const search of this.#searches) {
      if (search.sent !== chunk) continue
      search.passed()
      this.#continue(search)
      return true
    }
    return false
  }

  /** Gives up the search that an item is a part of. Returns the other items of it that no worker has. */
  giveUpSearch({ search }: Item): readonly Item[] {
    return search !== undefined && this.#searches.delete(search) ? search.held : []
  }

  #begin(search: FaultSearch<Item>): void {
    this.#searches.add(search)
    this.#continue(search)
  }

  #continue(search: FaultSearch<Item>): void {
    search.sent = undefined
    const items = search.next()
    for (const item of items) item.search = search
    if (items.length > 0) return this.#addApart(items)
    this.#searches.delete(search)
    for (const other of search.followers()) this.#begin(other)
  }

  #addApart(items: readonly Item[]): void {
    const search = items[0]?.search
    if (search !== undefined) search.sent = undefined
    if (search?.isAlone === true) this.#suspects.push(items)
    else this.#apart.push(items)
  }

  /** Takes out the items that run again and that `matches` holds for. */
  takeOut(matches: (item: Item) => boolean): Item[] {
    const found = this.#again.filter((item) => matches(item))
    this.#again = this.#again.filter((item) => !matches(item))
    return found
  }

  /** Takes out all items, and stops the source. */
  clear(): Item[] {
    const held = [...this.#searches].flatMap((search) => search.held)
    const waiting = [...this.#again, ...this.#suspects.flat(), ...this.#apart.flat(), ...held]
    const peeked = this.#peeked
    for (let at = 0; at < (peeked?.length ?? 0); at++) waiting.push((peeked as Chunk).item(at))
    waiting.push(...(this.#source.takeHeld?.() ?? []))
    this.#again = []
    this.#apart = []
    this.#suspects = []
    this.#peeked = undefined
    this.#searches.clear()
    this.#source.stop()
    return waiting
  }

  #takeApart(): Chunk | undefined {
    const items = this.#apart.shift()
    return items && this.#sent(items)
  }

  /** Makes the chunk of one call. */
  #sent(items: readonly Item[]): Chunk {
    const chunk = new ItemChunk(items)
    const search = items[0]?.search
    if (search !== undefined) search.sent = chunk
    return chunk
  }

  /** Takes items that run again, as many as fit into one message, or into one call. */
  #takeAgain(max: number): Chunk | undefined {
    const [first] = this.#again
    if (first === undefined) return undefined
    const size = first.fn.bundle?.size ?? 1
    let count = 0
    for (let bytes = 0; count < size || (count < max && bytes < MAX_BATCH_BYTES); count++) {
      const item = this.#again[count]
      if (item === undefined || item.spread !== first.spread || item.row?.format !== first.row?.format) break
      bytes += item.bytes
    }
    return new ItemChunk(this.#again.splice(0, count))
  }
}

/** Returns the number of calls that a chunk is divided into. */
function callsIn(chunk: Chunk): number {
  const [fn, ...others] = chunk.functions()
  if (others.length === 0) return Math.ceil(chunk.length / (fn?.bundle?.size ?? 1))
  let calls = 0
  for (let at = 0; at < chunk.length; calls++) {
    const called = chunk.fn(at)
    const end = Math.min(chunk.length, at + (called.bundle?.size ?? 1))
    do at++
    while (at < end && chunk.fn(at) === called)
  }
  return calls
}
