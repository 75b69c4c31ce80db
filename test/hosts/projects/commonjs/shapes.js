const path = require('node:path')

exports.double = (x) => x * 2
exports.fileOf = function fileOf(x) {
  return path.basename(__filename) + x
}
exports.settings = { level: 7 }
