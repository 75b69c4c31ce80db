import type { ConnectOptions } from '../connect-options.ts'

/** What an agent is started with. */
export interface AgentOptions {
  readonly connect: ConnectOptions
  /** Workers that run at once. */
  readonly slots: number
  /** The modules whose exports may be run: by what they are called everywhere, and where they lie here. */
  readonly modules: readonly (readonly [id: string, url: string])[]
  readonly allowCode: boolean
  readonly allowSkew: boolean
  readonly onEvent: (event: AgentEvent) => void
}

/** What happens at an agent, as it happens. */
export type AgentEvent =
  | { readonly type: 'connected'; readonly server: string }
  | { readonly type: 'disconnected'; readonly server: string }
  | { readonly type: 'lent'; readonly client: string; readonly pid: number | undefined }
  | {
      readonly type: 'returned'
      readonly client: string
      readonly pid: number | undefined
      readonly why: string
      /** It died, or was killed. */
      readonly isDead: boolean
    }
  | { readonly type: 'refused'; readonly client: string; readonly why: string }
  | { readonly type: 'draining'; readonly sessions: number }
