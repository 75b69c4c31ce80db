import type { Paint } from '../../util/paint.ts'

/** Where the controller talks to the user. */
export interface Console {
  readonly paint: Paint
  /** Values are shown in colors. */
  readonly colors: boolean
  readonly columns: number
  write(text: string): void
  /** A line that was typed; undefined where no more will come. */
  ask(question: string): Promise<string | undefined>
  /** What Tab can complete to, from now on. */
  complete(words: readonly string[]): void
  /** Ctrl-C calls it while nothing is being asked. */
  onInterrupt(interrupt: (() => void) | undefined): void
  close(): void
}
