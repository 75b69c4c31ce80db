import { faultsOn } from './faults-on.js'

faultsOn('processes')
