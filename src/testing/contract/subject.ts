import { type BackendOption, type Capabilities } from '../../index.ts'

/** What a group of contract tests is about. */
export interface Subject {
  readonly backend: BackendOption
  readonly capabilities: Capabilities
}
