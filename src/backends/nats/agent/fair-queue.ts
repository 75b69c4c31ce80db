import { monotonicNow } from '../../../util/time.ts'

/**
 * A worker gets batches that run one after the other while it has fewer than `FEWEST`, or less than `TURN_MS` milliseconds
 * of work. The others wait here: then another session, or a batch of higher priority, need not wait for all of them.
 */
const FEWEST = 2
const TURN_MS = 32
/** The weight of the newest batch in the average time of a session's batches. */
const NEWEST = 0.3

/** The terms on which a batch runs. */
export interface TurnTerms {
  readonly priority: number
  /** Items that run at once; with 1 the batch runs alone in its worker, with others behind it. */
  readonly concurrency: number
}

/** A batch that may not begin yet. */
interface Waiting extends TurnTerms {
  begin(): void
}

/** A session's place in the queue. */
export interface Session {
  /** The client that has the session. */
  readonly client: Client
  /** Batches that wait for a turn: the highest priority first, and among equals the oldest. */
  readonly waiting: Waiting[]
  /** Batches that it has begun and not ended. */
  running: number
  /** Milliseconds for which its worker has run batches. */
  workTime: number
  /** The average milliseconds of its batches; 0 if none has ended. */
  batchMs: number
  /** When the current batch began, or the last one ended. */
  since: number
}

/** A client, with as many sessions as it has workers. */
interface Client {
  readonly name: string
  sessions: number
  /** Milliseconds for which workers of its sessions have run batches. */
  workTime: number
}

/**
 * Shares out the turns to run among more sessions than there are workers to run at once: the highest priority is next,
 * then the client that ran least, and of its sessions the one that did.
 *
 * A turn ends with a batch, which is some milliseconds of work, or one long task. A session that no other waits behind
 * goes on without a pause.
 */
export class FairQueue {
  readonly #slots: number
  readonly #now: () => number
  readonly #sessions = new Set<Session>()
  readonly #clients = new Map<string, Client>()

  constructor(slots: number, now: () => number = monotonicNow) {
    this.#slots = slots
    this.#now = now
  }

  /** Players that run. */
  get busy(): number {
    let busy = 0
    for (const session of this.#sessions) if (session.running > 0) busy++
    return busy
  }

  /** Batches that wait for a turn. */
  get waiting(): number {
    let waiting = 0
    for (const session of this.#sessions) waiting += session.waiting.length
    return waiting
  }

  /** Adds a session. A newcomer starts as if it had run as long as the one that ran least. */
  enter(name: string): Session {
    const client = this.#clients.get(name) ?? { name, sessions: 0, workTime: least(this.#clients.values()) }
    this.#clients.set(name, client)
    client.sessions++
    const own = [...this.#sessions].filter((session) => session.client === client)
    const session: Session = { client, waiting: [], running: 0, workTime: least(own), batchMs: 0, since: 0 }
    this.#sessions.add(session)
    return session
  }

  leave(session: Session): void {
    if (!this.#sessions.delete(session)) return
    if (--session.client.sessions === 0) this.#clients.delete(session.client.name)
    this.#begin()
  }

  /** Queues a batch; calls `begin` when it is the session's turn. */
  submit(session: Session, { priority, concurrency }: TurnTerms, begin: () => void): void {
    const behind = session.waiting.findIndex((other) => other.priority < priority)
    session.waiting.splice(behind < 0 ? session.waiting.length : behind, 0, { priority, concurrency, begin })
    this.#begin()
  }

  /** A batch of the session has ended. */
  ended(session: Session): void {
    if (session.running === 0) return
    session.running--
    const now = this.#now()
    const ran = now - session.since
    session.workTime += ran
    session.batchMs = session.batchMs === 0 ? ran : session.batchMs * (1 - NEWEST) + ran * NEWEST
    session.client.workTime += ran
    session.since = now
    this.#begin()
  }

  #begin(): void {
    for (let session = this.#nextSession(); session !== undefined; session = this.#nextSession()) {
      if (session.running++ === 0) session.since = this.#now()
      session.waiting.shift()?.begin()
    }
  }

  #nextSession(): Session | undefined {
    let busy = 0
    let first: Session | undefined
    let goesOn: Session | undefined
    for (const session of this.#sessions) {
      if (session.running > 0) busy++
      if (session.waiting.length === 0) continue
      if (session.running > 0) {
        if (takesMore(session)) goesOn = session
      } else if (first === undefined || isBefore(session, first)) first = session
    }
    if (first === undefined) return goesOn
    return busy < this.#slots ? first : undefined
  }
}

/** Returns true if the worker of a session that runs can be given its next batch, too. */
function takesMore({ waiting, running, batchMs }: Session): boolean {
  if ((waiting[0]?.concurrency ?? 1) > 1 || running < FEWEST) return true
  return batchMs > 0 && running * batchMs < TURN_MS
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
