import { workflows } from './support/workflows.js'

workflows('processes')
