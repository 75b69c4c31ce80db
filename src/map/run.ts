import type { Job } from '../pool/job.ts'
import { Failure, Outlet } from './outlet.ts'
