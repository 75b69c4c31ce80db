import type { LiveState } from '../view/live/messages.ts'
import type { Packable } from '../view/pack/packed-view.ts'

/** Something that live pages show. */
export interface Subject {
  /**
   * Returns how it stands now; undefined if nothing has changed since the look before. Called while someone watches, once a
   * second at most, never before the call before has resolved.
   */
  look(): Promise<Look | undefined>
}

/** A look at a subject. */
export interface Look {
  readonly state: LiveState
  /** Single attempts, for which there is room in another message. */
  readonly attempts?: Packable
}

/** All that a dashboard shows. A name comes from a page. Undefined if it is none that is shown. */
export interface Subjects {
  runs(): Subject
  run(name: string): Subject | undefined
  cluster(): Subject | undefined
}
