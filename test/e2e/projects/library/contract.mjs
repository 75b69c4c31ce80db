import { backendContract } from 'manyhands/testing'

await backendContract(() => 'threads')
