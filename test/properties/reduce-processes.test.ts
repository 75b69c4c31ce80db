import { reductions } from './support/reductions.js'

reductions('processes')
