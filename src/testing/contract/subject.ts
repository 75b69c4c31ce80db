import type { Capabilities } from '../../pool/backend.ts'
import type { BackendOption } from '../../settings/run-options.ts'

/** What a group of contract tests is about. */
export interface Subject {
  readonly backend: BackendOption
  readonly capabilities: Capabilities
}
