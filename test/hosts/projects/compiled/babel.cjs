/* oxlint-disable */
// As Babel 7 with preset-env writes it without targets, of source.js.
function _typeof(o) {
  '@babel/helpers - typeof'
  return (
    (_typeof =
      'function' == typeof Symbol && 'symbol' == typeof Symbol.iterator
        ? function (o) {
            return typeof o
          }
        : function (o) {
            return o && 'function' == typeof Symbol && o.constructor === Symbol && o !== Symbol.prototype
              ? 'symbol'
              : typeof o
          }),
    _typeof(o)
  )
}
function asyncGeneratorStep(n, t, e, r, o, a, c) {
  try {
    var i = n[a](c),
      u = i.value
  } catch (n) {
    return void e(n)
  }
  i.done ? t(u) : Promise.resolve(u).then(r, o)
}
function _asyncToGenerator(n) {
  return function () {
    var t = this,
      e = arguments
    return new Promise(function (r, o) {
      var a = n.apply(t, e)
      function _next(n) {
        asyncGeneratorStep(a, r, o, _next, _throw, 'next', n)
      }
      function _throw(n) {
        asyncGeneratorStep(a, r, o, _next, _throw, 'throw', n)
      }
      _next(void 0)
    })
  }
}
function _wrapNativeSuper(t) {
  var r = 'function' == typeof Map ? new Map() : void 0
  return (
    (_wrapNativeSuper = function _wrapNativeSuper(t) {
      if (null === t || !_isNativeFunction(t)) return t
      if ('function' != typeof t) throw new TypeError('Super expression must either be null or a function')
      if (void 0 !== r) {
        if (r.has(t)) return r.get(t)
        r.set(t, Wrapper)
      }
      function Wrapper() {
        return _construct(t, arguments, _getPrototypeOf(this).constructor)
      }
      return (
        (Wrapper.prototype = Object.create(t.prototype, {
          constructor: { value: Wrapper, enumerable: !1, writable: !0, configurable: !0 },
        })),
        _setPrototypeOf(Wrapper, t)
      )
    }),
    _wrapNativeSuper(t)
  )
}
function _construct(t, e, r) {
  if (_isNativeReflectConstruct()) return Reflect.construct.apply(null, arguments)
  var o = [null]
  o.push.apply(o, e)
  var p = new (t.bind.apply(t, o))()
  return (r && _setPrototypeOf(p, r.prototype), p)
}
function _isNativeFunction(t) {
  try {
    return -1 !== Function.toString.call(t).indexOf('[native code]')
  } catch (n) {
    return 'function' == typeof t
  }
}
function _callSuper(t, o, e) {
  return (
    (o = _getPrototypeOf(o)),
    _possibleConstructorReturn(
      t,
      _isNativeReflectConstruct() ? Reflect.construct(o, e || [], _getPrototypeOf(t).constructor) : o.apply(t, e),
    )
  )
}
function _possibleConstructorReturn(t, e) {
  if (e && ('object' == _typeof(e) || 'function' == typeof e)) return e
  if (void 0 !== e) throw new TypeError('Derived constructors may only return object or undefined')
  return _assertThisInitialized(t)
}
function _assertThisInitialized(e) {
  if (void 0 === e) throw new ReferenceError("this hasn't been initialised - super() hasn't been called")
  return e
}
function _isNativeReflectConstruct() {
  try {
    var t = !Boolean.prototype.valueOf.call(Reflect.construct(Boolean, [], function () {}))
  } catch (t) {}
  return (_isNativeReflectConstruct = function _isNativeReflectConstruct() {
    return !!t
  })()
}
function _superPropGet(t, o, e, r) {
  var p = _get(_getPrototypeOf(1 & r ? t.prototype : t), o, e)
  return 2 & r && 'function' == typeof p
    ? function (t) {
        return p.apply(e, t)
      }
    : p
}
function _get() {
  return (
    (_get =
      'undefined' != typeof Reflect && Reflect.get
        ? Reflect.get.bind()
        : function (e, t, r) {
            var p = _superPropBase(e, t)
            if (p) {
              var n = Object.getOwnPropertyDescriptor(p, t)
              return n.get ? n.get.call(arguments.length < 3 ? e : r) : n.value
            }
          }),
    _get.apply(null, arguments)
  )
}
function _superPropBase(t, o) {
  for (; !{}.hasOwnProperty.call(t, o) && null !== (t = _getPrototypeOf(t)););
  return t
}
function _getPrototypeOf(t) {
  return (
    (_getPrototypeOf = Object.setPrototypeOf
      ? Object.getPrototypeOf.bind()
      : function (t) {
          return t.__proto__ || Object.getPrototypeOf(t)
        }),
    _getPrototypeOf(t)
  )
}
function _inherits(t, e) {
  if ('function' != typeof e && null !== e) throw new TypeError('Super expression must either be null or a function')
  ;((t.prototype = Object.create(e && e.prototype, { constructor: { value: t, writable: !0, configurable: !0 } })),
    Object.defineProperty(t, 'prototype', { writable: !1 }),
    e && _setPrototypeOf(t, e))
}
function _setPrototypeOf(t, e) {
  return (
    (_setPrototypeOf = Object.setPrototypeOf
      ? Object.setPrototypeOf.bind()
      : function (t, e) {
          return ((t.__proto__ = e), t)
        }),
    _setPrototypeOf(t, e)
  )
}
function _regenerator() {
  /*! regenerator-runtime -- Copyright (c) 2014-present, Facebook, Inc. -- license (MIT): https://github.com/babel/babel/blob/main/packages/babel-helpers/LICENSE */ var e,
    t,
    r = 'function' == typeof Symbol ? Symbol : {},
    n = r.iterator || '@@iterator',
    o = r.toStringTag || '@@toStringTag'
  function i(r, n, o, i) {
    var c = n && n.prototype instanceof Generator ? n : Generator,
      u = Object.create(c.prototype)
    return (
      _regeneratorDefine2(
        u,
        '_invoke',
        (function (r, n, o) {
          var i,
            c,
            u,
            f = 0,
            p = o || [],
            y = !1,
            G = {
              p: 0,
              n: 0,
              v: e,
              a: d,
              f: d.bind(e, 4),
              d: function d(t, r) {
                return ((i = t), (c = 0), (u = e), (G.n = r), a)
              },
            }
          function d(r, n) {
            for (c = r, u = n, t = 0; !y && f && !o && t < p.length; t++) {
              var o,
                i = p[t],
                d = G.p,
                l = i[2]
              r > 3
                ? (o = l === n) && ((u = i[(c = i[4]) ? 5 : ((c = 3), 3)]), (i[4] = i[5] = e))
                : i[0] <= d &&
                  ((o = r < 2 && d < i[1])
                    ? ((c = 0), (G.v = n), (G.n = i[1]))
                    : d < l && (o = r < 3 || i[0] > n || n > l) && ((i[4] = r), (i[5] = n), (G.n = l), (c = 0)))
            }
            if (o || r > 1) return a
            throw ((y = !0), n)
          }
          return function (o, p, l) {
            if (f > 1) throw TypeError('Generator is already running')
            for (y && 1 === p && d(p, l), c = p, u = l; (t = c < 2 ? e : u) || !y;) {
              i || (c ? (c > 1 && (G.n = c < 3 ? -1 : u), d(c, u)) : (G.v = u))
              try {
                if (((f = 2), i)) {
                  if ((c || (o = 'next'), (t = i[o]))) {
                    if (!(t = t.call(i, u))) throw TypeError('iterator result is not an object')
                    if (!t.done) return t
                    ;((u = t.value), c < 2 && (c = 0))
                  } else
                    (1 === c && (t = i['return']) && t.call(i),
                      c < 2 && ((u = TypeError("The iterator does not provide a '" + o + "' method")), (c = 1)))
                  i = e
                } else if ((t = (y = G.n < 0) ? u : r.call(n, G)) !== a) break
              } catch (t) {
                ;((i = e), (c = 1), (u = t))
              } finally {
                f = 1
              }
            }
            return { value: t, done: y }
          }
        })(r, o, i),
        !0,
      ),
      u
    )
  }
  var a = {}
  function Generator() {}
  function GeneratorFunction() {}
  function GeneratorFunctionPrototype() {}
  t = Object.getPrototypeOf
  var c = [][n]
      ? t(t([][n]()))
      : (_regeneratorDefine2((t = {}), n, function () {
          return this
        }),
        t),
    u = (GeneratorFunctionPrototype.prototype = Generator.prototype = Object.create(c))
  function f(e) {
    return (
      Object.setPrototypeOf
        ? Object.setPrototypeOf(e, GeneratorFunctionPrototype)
        : ((e.__proto__ = GeneratorFunctionPrototype), _regeneratorDefine2(e, o, 'GeneratorFunction')),
      (e.prototype = Object.create(u)),
      e
    )
  }
  return (
    (GeneratorFunction.prototype = GeneratorFunctionPrototype),
    _regeneratorDefine2(u, 'constructor', GeneratorFunctionPrototype),
    _regeneratorDefine2(GeneratorFunctionPrototype, 'constructor', GeneratorFunction),
    (GeneratorFunction.displayName = 'GeneratorFunction'),
    _regeneratorDefine2(GeneratorFunctionPrototype, o, 'GeneratorFunction'),
    _regeneratorDefine2(u),
    _regeneratorDefine2(u, o, 'Generator'),
    _regeneratorDefine2(u, n, function () {
      return this
    }),
    _regeneratorDefine2(u, 'toString', function () {
      return '[object Generator]'
    }),
    (_regenerator = function _regenerator() {
      return { w: i, m: f }
    })()
  )
}
function _regeneratorDefine2(e, r, n, t) {
  var i = Object.defineProperty
  try {
    i({}, '', {})
  } catch (e) {
    i = 0
  }
  ;((_regeneratorDefine2 = function _regeneratorDefine(e, r, n, t) {
    function o(r, n) {
      _regeneratorDefine2(e, r, function (e) {
        return this._invoke(r, n, e)
      })
    }
    r
      ? i
        ? i(e, r, { value: n, enumerable: !t, configurable: !t, writable: !t })
        : (e[r] = n)
      : (o('next', 0), o('throw', 1), o('return', 2))
  }),
    _regeneratorDefine2(e, r, n, t))
}
function _classCallCheck(a, n) {
  if (!(a instanceof n)) throw new TypeError('Cannot call a class as a function')
}
function _defineProperties(e, r) {
  for (var t = 0; t < r.length; t++) {
    var o = r[t]
    ;((o.enumerable = o.enumerable || !1),
      (o.configurable = !0),
      'value' in o && (o.writable = !0),
      Object.defineProperty(e, _toPropertyKey(o.key), o))
  }
}
function _createClass(e, r, t) {
  return (
    r && _defineProperties(e.prototype, r),
    t && _defineProperties(e, t),
    Object.defineProperty(e, 'prototype', { writable: !1 }),
    e
  )
}
function _defineProperty(e, r, t) {
  return (
    (r = _toPropertyKey(r)) in e
      ? Object.defineProperty(e, r, { value: t, enumerable: !0, configurable: !0, writable: !0 })
      : (e[r] = t),
    e
  )
}
function _toPropertyKey(t) {
  var i = _toPrimitive(t, 'string')
  return 'symbol' == _typeof(i) ? i : i + ''
}
function _toPrimitive(t, e) {
  if ('object' != _typeof(t) || !t) return t
  var r
  if ('undefined' != typeof Symbol && void 0 !== (r = t[Symbol.toPrimitive])) {
    var i = r.call(t, e || 'default')
    if ('object' != _typeof(i)) return i
    throw new TypeError('@@toPrimitive must return a primitive value.')
  }
  return ('string' === e ? String : Number)(t)
}
function _classPrivateFieldInitSpec(e, t, a) {
  ;(_checkPrivateRedeclaration(e, t), t.set(e, a))
}
function _checkPrivateRedeclaration(e, t) {
  if (t.has(e)) throw new TypeError('Cannot initialize the same private elements twice on an object')
}
function _classPrivateFieldSet(s, a, r) {
  return (s.set(_assertClassBrand(s, a), r), r)
}
function _classPrivateFieldGet(s, a) {
  return s.get(_assertClassBrand(s, a))
}
function _assertClassBrand(e, t, n) {
  if ('function' == typeof e ? e === t : e.has(t)) return arguments.length < 3 ? t : n
  throw new TypeError('Private element is not present on this object')
}
var _seen = /*#__PURE__*/ new WeakMap()
var Box = /*#__PURE__*/ (function () {
  'use strict'

  function Box(n) {
    _classCallCheck(this, Box)
    _classPrivateFieldInitSpec(this, _seen, 0)
    this.n = n
  }
  return _createClass(
    Box,
    [
      {
        key: 'twice',
        get: function get() {
          var _this$seen, _this$seen2
          ;(_classPrivateFieldSet(
            _seen,
            this,
            ((_this$seen = _classPrivateFieldGet(_seen, this)), (_this$seen2 = _this$seen++), _this$seen),
          ),
            _this$seen2)
          return this.n * 2
        },
        set: function set(value) {
          this.n = value / 2
        },
      },
      {
        key: 'seen',
        get: function get() {
          return _classPrivateFieldGet(_seen, this)
        },
      },
      {
        key: 'half',
        value: function half() {
          return this.n / 2
        },
      },
      {
        key: Symbol.iterator,
        value: /*#__PURE__*/ _regenerator().m(function value() {
          return _regenerator().w(
            function (_context) {
              while (1)
                switch (_context.n) {
                  case 0:
                    _context.n = 1
                    return this.n
                  case 1:
                    _context.n = 2
                    return this.n + 1
                  case 2:
                    return _context.a(2)
                }
            },
            value,
            this,
          )
        }),
      },
    ],
    [
      {
        key: 'of',
        value: function of(n) {
          return new this(n)
        },
      },
    ],
  )
})()
_defineProperty(Box, 'count', 7)
var Big = /*#__PURE__*/ (function (_Box2) {
  'use strict'

  function Big() {
    _classCallCheck(this, Big)
    return _callSuper(this, Big, arguments)
  }
  _inherits(Big, _Box2)
  return _createClass(Big, [
    {
      key: 'half',
      value: function half() {
        return _superPropGet(Big, 'half', this, 3)([]) + 1000
      },
    },
  ])
})(Box)
var Wrong = /*#__PURE__*/ (function (_RangeError) {
  'use strict'

  function Wrong() {
    _classCallCheck(this, Wrong)
    return _callSuper(this, Wrong, arguments)
  }
  _inherits(Wrong, _RangeError)
  return _createClass(Wrong)
})(/*#__PURE__*/ _wrapNativeSuper(RangeError))
function later(_x) {
  return _later.apply(this, arguments)
}
function _later() {
  _later = _asyncToGenerator(
    /*#__PURE__*/ _regenerator().m(function _callee2(n) {
      return _regenerator().w(function (_context3) {
        while (1)
          switch (_context3.n) {
            case 0:
              _context3.n = 1
              return null
            case 1:
              return _context3.a(2, n * 10)
          }
      }, _callee2)
    }),
  )
  return _later.apply(this, arguments)
}
var arrow = /*#__PURE__*/ (function () {
  var _ref = _asyncToGenerator(
    /*#__PURE__*/ _regenerator().m(function _callee(n) {
      var _t
      return _regenerator().w(function (_context2) {
        while (1)
          switch (_context2.n) {
            case 0:
              _t = later
              _context2.n = 1
              return n
            case 1:
              return _context2.a(2, _t(_context2.v))
          }
      }, _callee)
    }),
  )
  return function arrow(_x2) {
    return _ref.apply(this, arguments)
  }
})()
function use(_x3) {
  return _use.apply(this, arguments)
}
function _use() {
  _use = _asyncToGenerator(
    /*#__PURE__*/ _regenerator().m(function _callee3(n) {
      var box, wrong, _t2, _t3, _t4, _t5, _t6, _t7, _t8
      return _regenerator().w(function (_context4) {
        while (1)
          switch (_context4.n) {
            case 0:
              box = new Box(n)
              box.twice = 10
              wrong = new Wrong('no')
              _t2 = [box.n, box.twice, box.seen, Box.of(4).n, Box.count, Array.from(box)]
              _t3 = [Big.of(2).half(), Big.of(2) instanceof Box, Object.keys(Big.of(2)), Big.count]
              _t4 = [wrong instanceof RangeError, wrong.message]
              _context4.n = 1
              return later(n)
            case 1:
              _t5 = _context4.v
              _context4.n = 2
              return later(n + 1)
            case 2:
              _t6 = _context4.v
              _context4.n = 3
              return arrow(n)
            case 3:
              _t7 = _context4.v
              _t8 = [_t5, _t6, _t7]
              return _context4.a(2, [_t2, _t3, _t4, _t8])
          }
      }, _callee3)
    }),
  )
  return _use.apply(this, arguments)
}
require('./main-with.cjs').main(use)
