const { factor } = require('./factor.cjs')

exports.triple = (x) => 3 * x * factor()
