import { GOLDEN, hashHere } from './golden.js'

// Run with other versions of Node: prints the hashes of all values.
console.log(JSON.stringify(GOLDEN.map(([name, make]) => [name, hashHere(make())])))
