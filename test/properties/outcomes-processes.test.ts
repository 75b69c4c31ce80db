import { outcomes } from './support/outcomes.js'

outcomes('processes')
