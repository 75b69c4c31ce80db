export { backendContract } from './backend-contract.ts'
