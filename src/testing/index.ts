import '../compose.ts'

export { backendContract } from './backend-contract.ts'
