/** Says when more tasks of a job may be started. */
export interface Gate {
  /** How many may start now, at most `max`. Where it is none, `onOpen` is told when to ask again. */
  room(max: number): number
  /** So many have been handed out. */
  started(count: number): void
  onOpen(wake: () => void): void
  /** Nobody will ask again. */
  close(): void
}
