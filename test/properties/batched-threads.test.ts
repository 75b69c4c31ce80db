import { batchedKept } from './support/batched-kept.js'
import { batchedOutcomes } from './support/batched-outcomes.js'

batchedOutcomes('threads')
batchedKept('threads')
