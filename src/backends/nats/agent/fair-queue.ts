import { monotonicNow } from '../../../util/time.ts'

/** A batch that may not begin yet. */
interface Waiting {
  readonly priority: number
  begin(): void
}

/** One of those who share the workers of an agent. */
export interface Session {
  /** Whose it is. */
  readonly client: Client
  /** Batches that it may not begin yet: the highest priority first, and among equals the oldest. */
  readonly waiting: Waiting[]
  /** Batches that it has begun and not ended. */
  running: number
  /** Milliseconds in which it had a worker running. */
  workTime: number
  since: number
}

/** A client, with as many players as it has workers. */
interface Client {
  readonly name: string
  sessions: number
  /** Milliseconds in which its players had a worker running. */
  workTime: number
}

/**
 * Shares out the turns to run among more sessions than there are workers to run at once: the highest priority is next,
 * then the client that ran least, and of its sessions the one that did.
 *
 * A turn ends with a batch, which is some milliseconds of work, or one long task. Who has nobody waiting behind it goes
 * on without a pause.
 */
export class FairQueue {
  readonly #slots: number
  readonly #now: () => number
  readonly #players = new Set<Session>()
  readonly #parties = new Map<string, Client>()

  constructor(slots: number, now: () => number = monotonicNow) {
    this.#slots = slots
    this.#now = now
  }

  /** Players that run. */
  get busy(): number {
    let busy = 0
    for (const player of this.#players) if (player.running > 0) busy++
    return busy
  }

  /** Batches that wait for a turn. */
  get waiting(): number {
    let waiting = 0
    for (const player of this.#players) waiting += player.waiting.length
    return waiting
  }

  /** Who comes later than others starts as if it had run as long as the one that ran least. */
  enter(client: string): Session {
    const party = this.#parties.get(client) ?? { name: client, sessions: 0, workTime: least(this.#parties.values()) }
    this.#parties.set(client, party)
    party.sessions++
    const own = [...this.#players].filter((player) => player.client === party)
    const player: Session = { client: party, waiting: [], running: 0, workTime: least(own), since: 0 }
    this.#players.add(player)
    return player
  }

  leave(player: Session): void {
    if (!this.#players.delete(player)) return
    if (--player.client.sessions === 0) this.#parties.delete(player.client.name)
    this.#next()
  }

  /** Calls `begin` when it is the player's turn. */
  submit(player: Session, priority: number, begin: () => void): void {
    const behind = player.waiting.findIndex((other) => other.priority < priority)
    player.waiting.splice(behind < 0 ? player.waiting.length : behind, 0, { priority, begin })
    this.#next()
  }

  /** A batch of the player has ended. */
  ended(player: Session): void {
    if (player.running === 0) return
    player.running--
    const now = this.#now()
    const ran = now - player.since
    player.workTime += ran
    player.client.workTime += ran
    player.since = now
    this.#next()
  }

  #next(): void {
    for (let player = this.#whoIsNext(); player !== undefined; player = this.#whoIsNext()) {
      if (player.running++ === 0) player.since = this.#now()
      player.waiting.shift()?.begin()
    }
  }

  #whoIsNext(): Session | undefined {
    let busy = 0
    let first: Session | undefined
    let goesOn: Session | undefined
    for (const player of this.#players) {
      if (player.running > 0) busy++
      if (player.waiting.length === 0) continue
      if (player.running > 0) goesOn = player
      else if (first === undefined || isBefore(player, first)) first = player
    }
    if (first === undefined) return goesOn
    return busy < this.#slots ? first : undefined
  }
}

function isBefore(a: Session, b: Session): boolean {
  const byPriority = (b.waiting[0]?.priority ?? 0) - (a.waiting[0]?.priority ?? 0)
  return (byPriority || a.client.workTime - b.client.workTime || a.workTime - b.workTime) < 0
}

function least(others: Iterable<{ readonly workTime: number }>): number {
  let work = Infinity
  for (const { workTime } of others) work = Math.min(work, workTime)
  return Number.isFinite(work) ? work : 0
}
