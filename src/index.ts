import './compose.ts'

export { map } from './map/map.ts'
export { Results } from './map/results.ts'
