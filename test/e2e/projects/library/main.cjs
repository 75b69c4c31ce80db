const { join } = require('node:path')

const separator = '-'

async function main() {
  const { map } = await import('manyhands')
  const imported = await map(['a', 'b'], (name) => join('x', name) + separator)
  const required = process.features.require_module ? require('manyhands').map === map : true
  console.log(JSON.stringify({ imported, required }))
}

main()
