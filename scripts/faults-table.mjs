// Writes docs/faults.md from the matrix of the fault tests. They must have been compiled:
// `npm run build && npx tsc -p tsconfig.json && node scripts/faults-table.mjs`.
import { writeFileSync } from 'node:fs'

import { CLUSTER_FAULTS } from '../build/test/faults/cluster.js'
import { FAULTS } from '../build/test/faults/matrix.js'
import { faultsPage } from '../build/test/faults/table.js'

writeFileSync(new URL('../docs/faults.md', import.meta.url), faultsPage(FAULTS, CLUSTER_FAULTS))
