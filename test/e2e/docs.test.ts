import { docExamples } from './support/doc-examples.js'
import { usePackage } from './support/project.js'

usePackage('library')

docExamples('batched.md')
docExamples('debugging.md')
docExamples('files.md')
docExamples('reduce.md')
docExamples('pipelines.md')
