import { outcomes } from './support/outcomes.js'

outcomes('serial')
