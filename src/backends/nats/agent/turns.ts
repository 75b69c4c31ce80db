import { monotonicNow } from '../../../wire/clock.ts'

/** One of those who share the workers of an agent. */
export interface Player {
  /** Batches that it may not begin yet, oldest first. */
  readonly waiting: (() => void)[]
  /** Batches that it has begun and not ended. */
  running: number
  /** Milliseconds in which it had a worker running. */
  workTime: number
  since: number
}

/**
 * Shares out the turns to run among more sessions than there are workers to run at once: whoever ran least is next.
 *
 * A turn ends with a batch, which is some milliseconds of work, or one long task. Who has nobody waiting behind it goes
 * on without a pause.
 */
export class Turns {
  readonly #slots: number
  readonly #players = new Set<Player>()

  constructor(slots: number) {
    this.#slots = slots
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
  enter(): Player {
    const least = Math.min(...[...this.#players].map((player) => player.workTime))
    const player: Player = { waiting: [], running: 0, workTime: Number.isFinite(least) ? least : 0, since: 0 }
    this.#players.add(player)
    return player
  }

  leave(player: Player): void {
    if (this.#players.delete(player)) this.#next()
  }

  /** Calls `begin` when it is the player's turn. */
  submit(player: Player, begin: () => void): void {
    player.waiting.push(begin)
    this.#next()
  }

  /** A batch of the player has ended. */
  ended(player: Player): void {
    if (player.running === 0) return
    player.running--
    const now = monotonicNow()
    player.workTime += now - player.since
    player.since = now
    this.#next()
  }

  #next(): void {
    for (let player = this.#whoIsNext(); player !== undefined; player = this.#whoIsNext()) {
      if (player.running++ === 0) player.since = monotonicNow()
      player.waiting.shift()?.()
    }
  }

  #whoIsNext(): Player | undefined {
    let busy = 0
    let first: Player | undefined
    let goesOn: Player | undefined
    for (const player of this.#players) {
      if (player.running > 0) busy++
      if (player.waiting.length === 0) continue
      if (player.running > 0) goesOn = player
      else if (first === undefined || player.workTime < first.workTime) first = player
    }
    if (first === undefined) return goesOn
    return busy < this.#slots ? first : undefined
  }
}
