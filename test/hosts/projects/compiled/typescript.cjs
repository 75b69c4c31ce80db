/* oxlint-disable */
// As TypeScript 5 writes it for ES5, of source.js.
var __extends =
  (this && this.__extends) ||
  (function () {
    var extendStatics = function (d, b) {
      extendStatics =
        Object.setPrototypeOf ||
        ({ __proto__: [] } instanceof Array &&
          function (d, b) {
            d.__proto__ = b
          }) ||
        function (d, b) {
          for (var p in b) if (Object.prototype.hasOwnProperty.call(b, p)) d[p] = b[p]
        }
      return extendStatics(d, b)
    }
    return function (d, b) {
      if (typeof b !== 'function' && b !== null)
        throw new TypeError('Class extends value ' + String(b) + ' is not a constructor or null')
      extendStatics(d, b)
      function __() {
        this.constructor = d
      }
      d.prototype = b === null ? Object.create(b) : ((__.prototype = b.prototype), new __())
    }
  })()
var __awaiter =
  (this && this.__awaiter) ||
  function (thisArg, _arguments, P, generator) {
    function adopt(value) {
      return value instanceof P
        ? value
        : new P(function (resolve) {
            resolve(value)
          })
    }
    return new (P || (P = Promise))(function (resolve, reject) {
      function fulfilled(value) {
        try {
          step(generator.next(value))
        } catch (e) {
          reject(e)
        }
      }
      function rejected(value) {
        try {
          step(generator['throw'](value))
        } catch (e) {
          reject(e)
        }
      }
      function step(result) {
        result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected)
      }
      step((generator = generator.apply(thisArg, _arguments || [])).next())
    })
  }
var __generator =
  (this && this.__generator) ||
  function (thisArg, body) {
    var _ = {
        label: 0,
        sent: function () {
          if (t[0] & 1) throw t[1]
          return t[1]
        },
        trys: [],
        ops: [],
      },
      f,
      y,
      t,
      g = Object.create((typeof Iterator === 'function' ? Iterator : Object).prototype)
    return (
      (g.next = verb(0)),
      (g['throw'] = verb(1)),
      (g['return'] = verb(2)),
      typeof Symbol === 'function' &&
        (g[Symbol.iterator] = function () {
          return this
        }),
      g
    )
    function verb(n) {
      return function (v) {
        return step([n, v])
      }
    }
    function step(op) {
      if (f) throw new TypeError('Generator is already executing.')
      while ((g && ((g = 0), op[0] && (_ = 0)), _))
        try {
          if (
            ((f = 1),
            y &&
              (t = op[0] & 2 ? y['return'] : op[0] ? y['throw'] || ((t = y['return']) && t.call(y), 0) : y.next) &&
              !(t = t.call(y, op[1])).done)
          )
            return t
          if (((y = 0), t)) op = [op[0] & 2, t.value]
          switch (op[0]) {
            case 0:
            case 1:
              t = op
              break
            case 4:
              _.label++
              return { value: op[1], done: false }
            case 5:
              _.label++
              y = op[1]
              op = [0]
              continue
            case 7:
              op = _.ops.pop()
              _.trys.pop()
              continue
            default:
              if (!((t = _.trys), (t = t.length > 0 && t[t.length - 1])) && (op[0] === 6 || op[0] === 2)) {
                _ = 0
                continue
              }
              if (op[0] === 3 && (!t || (op[1] > t[0] && op[1] < t[3]))) {
                _.label = op[1]
                break
              }
              if (op[0] === 6 && _.label < t[1]) {
                _.label = t[1]
                t = op
                break
              }
              if (t && _.label < t[2]) {
                _.label = t[2]
                _.ops.push(op)
                break
              }
              if (t[2]) _.ops.pop()
              _.trys.pop()
              continue
          }
          op = body.call(thisArg, _)
        } catch (e) {
          op = [6, e]
          y = 0
        } finally {
          f = t = 0
        }
      if (op[0] & 5) throw op[1]
      return { value: op[0] ? op[1] : void 0, done: true }
    }
  }
var __classPrivateFieldGet =
  (this && this.__classPrivateFieldGet) ||
  function (receiver, state, kind, f) {
    if (kind === 'a' && !f) throw new TypeError('Private accessor was defined without a getter')
    if (typeof state === 'function' ? receiver !== state || !f : !state.has(receiver))
      throw new TypeError('Cannot read private member from an object whose class did not declare it')
    return kind === 'm' ? f : kind === 'a' ? f.call(receiver) : f ? f.value : state.get(receiver)
  }
var __classPrivateFieldSet =
  (this && this.__classPrivateFieldSet) ||
  function (receiver, state, value, kind, f) {
    if (kind === 'm') throw new TypeError('Private method is not writable')
    if (kind === 'a' && !f) throw new TypeError('Private accessor was defined without a setter')
    if (typeof state === 'function' ? receiver !== state || !f : !state.has(receiver))
      throw new TypeError('Cannot write private member to an object whose class did not declare it')
    return (kind === 'a' ? f.call(receiver, value) : f ? (f.value = value) : state.set(receiver, value), value)
  }
var Box = /** @class */ (function () {
  function Box(n) {
    _Box_seen.set(this, 0)
    this.n = n
  }
  Object.defineProperty(Box.prototype, 'twice', {
    get: function () {
      var _a
      __classPrivateFieldSet(this, _Box_seen, ((_a = __classPrivateFieldGet(this, _Box_seen, 'f')), _a++, _a), 'f')
      return this.n * 2
    },
    set: function (value) {
      this.n = value / 2
    },
    enumerable: false,
    configurable: true,
  })
  Object.defineProperty(Box.prototype, 'seen', {
    get: function () {
      return __classPrivateFieldGet(this, _Box_seen, 'f')
    },
    enumerable: false,
    configurable: true,
  })
  Box.prototype.half = function () {
    return this.n / 2
  }
  Box.of = function (n) {
    return new this(n)
  }
  Box.prototype[((_Box_seen = new WeakMap()), Symbol.iterator)] = function () {
    return __generator(this, function (_a) {
      switch (_a.label) {
        case 0:
          return [4 /*yield*/, this.n]
        case 1:
          _a.sent()
          return [4 /*yield*/, this.n + 1]
        case 2:
          _a.sent()
          return [2 /*return*/]
      }
    })
  }
  var _Box_seen
  Box.count = 7
  return Box
})()
var Big = /** @class */ (function (_super) {
  __extends(Big, _super)
  function Big() {
    return (_super !== null && _super.apply(this, arguments)) || this
  }
  Big.prototype.half = function () {
    return _super.prototype.half.call(this) + 1000
  }
  return Big
})(Box)
var Wrong = /** @class */ (function (_super) {
  __extends(Wrong, _super)
  function Wrong() {
    return (_super !== null && _super.apply(this, arguments)) || this
  }
  return Wrong
})(RangeError)
function later(n) {
  return __awaiter(this, void 0, void 0, function () {
    return __generator(this, function (_a) {
      switch (_a.label) {
        case 0:
          return [4 /*yield*/, null]
        case 1:
          _a.sent()
          return [2 /*return*/, n * 10]
      }
    })
  })
}
var arrow = function (n) {
  return __awaiter(void 0, void 0, void 0, function () {
    var _a
    return __generator(this, function (_b) {
      switch (_b.label) {
        case 0:
          _a = later
          return [4 /*yield*/, n]
        case 1:
          return [2 /*return*/, _a.apply(void 0, [_b.sent()])]
      }
    })
  })
}
function use(n) {
  return __awaiter(this, void 0, void 0, function () {
    var box, wrong, _a, _b
    return __generator(this, function (_c) {
      switch (_c.label) {
        case 0:
          box = new Box(n)
          box.twice = 10
          wrong = new Wrong('no')
          _a = [
            [box.n, box.twice, box.seen, Box.of(4).n, Box.count, Array.from(box)],
            [Big.of(2).half(), Big.of(2) instanceof Box, Object.keys(Big.of(2)), Big.count],
            [wrong instanceof RangeError, wrong.message],
          ]
          return [4 /*yield*/, later(n)]
        case 1:
          _b = [_c.sent()]
          return [4 /*yield*/, later(n + 1)]
        case 2:
          _b = _b.concat([_c.sent()])
          return [4 /*yield*/, arrow(n)]
        case 3:
          return [2 /*return*/, _a.concat([_b.concat([_c.sent()])])]
      }
    })
  })
}

require('./main-with.cjs').main(use)
