import { batchedOutcomes } from './support/batched-outcomes.js'

batchedOutcomes('serial')
