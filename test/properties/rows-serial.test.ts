import { rowsOutcomes } from './support/rows-outcomes.js'

rowsOutcomes('serial')
