/* oxlint-disable */
// As swc writes it for es5, of source.js.
function _assert_this_initialized(self) {
  if (self === void 0) throw new ReferenceError("this hasn't been initialised - super() hasn't been called")
  return self
}
function asyncGeneratorStep(gen, resolve, reject, _next, _throw, key, arg) {
  try {
    var info = gen[key](arg)
    var value = info.value
  } catch (error) {
    reject(error)
    return
  }
  if (info.done) resolve(value)
  else Promise.resolve(value).then(_next, _throw)
}
function _async_to_generator(fn) {
  return function () {
    var self = this,
      args = arguments
    return new Promise(function (resolve, reject) {
      var gen = fn.apply(self, args)
      function _next(value) {
        asyncGeneratorStep(gen, resolve, reject, _next, _throw, 'next', value)
      }
      function _throw(err) {
        asyncGeneratorStep(gen, resolve, reject, _next, _throw, 'throw', err)
      }
      _next(undefined)
    })
  }
}
function _call_super(_this, derived, args) {
  derived = _get_prototype_of(derived)
  return _possible_constructor_return(
    _this,
    _is_native_reflect_construct()
      ? Reflect.construct(derived, args || [], _get_prototype_of(_this).constructor)
      : derived.apply(_this, args),
  )
}
function _check_private_redeclaration(obj, privateCollection) {
  if (privateCollection.has(obj)) {
    throw new TypeError('Cannot initialize the same private elements twice on an object')
  }
}
function _class_apply_descriptor_get(receiver, descriptor) {
  if (descriptor.get) return descriptor.get.call(receiver)
  return descriptor.value
}
function _class_apply_descriptor_update(receiver, descriptor) {
  if (descriptor.set) {
    if (!descriptor.get) throw new TypeError('attempted to read set only private field')
    if (!('__destrWrapper' in descriptor)) {
      descriptor.__destrWrapper = {
        set value(v) {
          descriptor.set.call(receiver, v)
        },
        get value() {
          return descriptor.get.call(receiver)
        },
      }
    }
    return descriptor.__destrWrapper
  } else {
    if (!descriptor.writable) {
      throw new TypeError('attempted to set read only private field')
    }
    return descriptor
  }
}
function _class_call_check(instance, Constructor) {
  if (!(instance instanceof Constructor)) throw new TypeError('Cannot call a class as a function')
}
function _class_extract_field_descriptor(receiver, privateMap, action) {
  if (!privateMap.has(receiver)) throw new TypeError('attempted to ' + action + ' private field on non-instance')
  return privateMap.get(receiver)
}
function _class_private_field_get(receiver, privateMap) {
  var descriptor = _class_extract_field_descriptor(receiver, privateMap, 'get')
  return _class_apply_descriptor_get(receiver, descriptor)
}
function _class_private_field_init(obj, privateMap, value) {
  _check_private_redeclaration(obj, privateMap)
  privateMap.set(obj, value)
}
function _class_private_field_update(receiver, privateMap) {
  var descriptor = _class_extract_field_descriptor(receiver, privateMap, 'update')
  return _class_apply_descriptor_update(receiver, descriptor)
}
function _construct(Parent, args, Class) {
  if (_is_native_reflect_construct()) _construct = Reflect.construct
  else {
    _construct = function construct(Parent, args, Class) {
      var a = [null]
      a.push.apply(a, args)
      var Constructor = Function.bind.apply(Parent, a)
      var instance = new Constructor()
      if (Class) _set_prototype_of(instance, Class.prototype)
      return instance
    }
  }
  return _construct.apply(null, arguments)
}
function _defineProperties(target, props) {
  for (var i = 0; i < props.length; i++) {
    var descriptor = props[i]
    descriptor.enumerable = descriptor.enumerable || false
    descriptor.configurable = true
    if ('value' in descriptor) descriptor.writable = true
    Object.defineProperty(target, descriptor.key, descriptor)
  }
}
function _create_class(Constructor, protoProps, staticProps) {
  if (protoProps) _defineProperties(Constructor.prototype, protoProps)
  if (staticProps) _defineProperties(Constructor, staticProps)
  return Constructor
}
function _define_property(obj, key, value) {
  if (key in obj) {
    Object.defineProperty(obj, key, {
      value: value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  } else obj[key] = value
  return obj
}
function _get(target, property, receiver) {
  if (typeof Reflect !== 'undefined' && Reflect.get) _get = Reflect.get
  else {
    _get = function get(target, property, receiver) {
      var base = _super_prop_base(target, property)
      if (!base) return
      var desc = Object.getOwnPropertyDescriptor(base, property)
      if (desc.get) return desc.get.call(receiver || target)
      return desc.value
    }
  }
  return _get(target, property, receiver || target)
}
function _get_prototype_of(o) {
  _get_prototype_of = Object.setPrototypeOf
    ? Object.getPrototypeOf
    : function getPrototypeOf(o) {
        return o.__proto__ || Object.getPrototypeOf(o)
      }
  return _get_prototype_of(o)
}
function _inherits(subClass, superClass) {
  if (typeof superClass !== 'function' && superClass !== null) {
    throw new TypeError('Super expression must either be null or a function')
  }
  subClass.prototype = Object.create(superClass && superClass.prototype, {
    constructor: {
      value: subClass,
      writable: true,
      configurable: true,
    },
  })
  if (superClass) _set_prototype_of(subClass, superClass)
}
function _instanceof(left, right) {
  '@swc/helpers - instanceof'
  if (right != null && typeof Symbol !== 'undefined' && right[Symbol.hasInstance]) {
    return !!right[Symbol.hasInstance](left)
  } else return left instanceof right
}
function _is_native_function(fn) {
  return Function.toString.call(fn).indexOf('[native code]') !== -1
}
function _is_native_reflect_construct() {
  try {
    var result = !Boolean.prototype.valueOf.call(Reflect.construct(Boolean, [], function () {}))
  } catch (_) {}
  return (_is_native_reflect_construct = function () {
    return !!result
  })()
}
function _possible_constructor_return(self, call) {
  if (call && (_type_of(call) === 'object' || typeof call === 'function')) return call
  return _assert_this_initialized(self)
}
function _set_prototype_of(o, p) {
  _set_prototype_of =
    Object.setPrototypeOf ||
    function setPrototypeOf(o, p) {
      o.__proto__ = p
      return o
    }
  return _set_prototype_of(o, p)
}
function _super_prop_base(object, property) {
  while (!Object.prototype.hasOwnProperty.call(object, property)) {
    object = _get_prototype_of(object)
    if (object === null) break
  }
  return object
}
function _ts_generator(thisArg, body) {
  var f,
    y,
    t,
    _ = {
      label: 0,
      sent: function () {
        if (t[0] & 1) throw t[1]
        return t[1]
      },
      trys: [],
      ops: [],
    },
    g = Object.create((typeof Iterator === 'function' ? Iterator : Object).prototype),
    d = Object.defineProperty
  return (
    d(g, 'next', {
      value: verb(0),
    }),
    d(g, 'throw', {
      value: verb(1),
    }),
    d(g, 'return', {
      value: verb(2),
    }),
    typeof Symbol === 'function' &&
      d(g, Symbol.iterator, {
        value: function () {
          return this
        },
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
            return {
              value: op[1],
              done: false,
            }
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
    return {
      value: op[0] ? op[1] : void 0,
      done: true,
    }
  }
}
function _type_of(obj) {
  '@swc/helpers - typeof'
  return obj && typeof Symbol !== 'undefined' && obj.constructor === Symbol ? 'symbol' : typeof obj
}
function _wrap_native_super(Class) {
  var _cache = typeof Map === 'function' ? new Map() : undefined
  _wrap_native_super = function (Class) {
    if (Class === null || !_is_native_function(Class)) return Class
    if (typeof Class !== 'function') throw new TypeError('Super expression must either be null or a function')
    if (typeof _cache !== 'undefined') {
      if (_cache.has(Class)) return _cache.get(Class)
      _cache.set(Class, Wrapper)
    }
    function Wrapper() {
      return _construct(Class, arguments, _get_prototype_of(this).constructor)
    }
    Wrapper.prototype = Object.create(Class.prototype, {
      constructor: {
        value: Wrapper,
        enumerable: false,
        writable: true,
        configurable: true,
      },
    })
    return _set_prototype_of(Wrapper, Class)
  }
  return _wrap_native_super(Class)
}
var _seen = /*#__PURE__*/ new WeakMap()
var Box = /*#__PURE__*/ (function () {
  'use strict'
  function Box(n) {
    _class_call_check(this, Box)
    _class_private_field_init(this, _seen, {
      writable: true,
      value: 0,
    })
    this.n = n
  }
  _create_class(
    Box,
    [
      {
        key: 'twice',
        get: function get() {
          _class_private_field_update(this, _seen).value++
          return this.n * 2
        },
        set: function set(value) {
          this.n = value / 2
        },
      },
      {
        key: 'seen',
        get: function get() {
          return _class_private_field_get(this, _seen)
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
        value: function value() {
          return _ts_generator(this, function (_state) {
            switch (_state.label) {
              case 0:
                return [4, this.n]
              case 1:
                _state.sent()
                return [4, this.n + 1]
              case 2:
                _state.sent()
                return [2]
            }
          })
        },
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
  return Box
})()
_define_property(Box, 'count', 7)
var Big = /*#__PURE__*/ (function (Box) {
  'use strict'
  _inherits(Big, Box)
  function Big() {
    _class_call_check(this, Big)
    return _call_super(this, Big, arguments)
  }
  _create_class(Big, [
    {
      key: 'half',
      value: function half() {
        return _get(_get_prototype_of(Big.prototype), 'half', this).call(this) + 1000
      },
    },
  ])
  return Big
})(Box)
var Wrong = /*#__PURE__*/ (function (RangeError1) {
  'use strict'
  _inherits(Wrong, RangeError1)
  function Wrong() {
    _class_call_check(this, Wrong)
    return _call_super(this, Wrong, arguments)
  }
  return Wrong
})(_wrap_native_super(RangeError))
function later(n) {
  return _async_to_generator(function () {
    return _ts_generator(this, function (_state) {
      switch (_state.label) {
        case 0:
          return [4, null]
        case 1:
          _state.sent()
          return [2, n * 10]
      }
    })
  })()
}
var arrow = function arrow(n) {
  return _async_to_generator(function () {
    return _ts_generator(this, function (_state) {
      switch (_state.label) {
        case 0:
          return [4, n]
        case 1:
          return [2, later.apply(void 0, [_state.sent()])]
      }
    })
  })()
}
function use(n) {
  return _async_to_generator(function () {
    var box, wrong, _tmp, _tmp1
    return _ts_generator(this, function (_state) {
      switch (_state.label) {
        case 0:
          box = new Box(n)
          box.twice = 10
          wrong = new Wrong('no')
          _tmp = [
            [box.n, box.twice, box.seen, Box.of(4).n, Box.count, Array.from(box)],
            [Big.of(2).half(), _instanceof(Big.of(2), Box), Object.keys(Big.of(2)), Big.count],
            [_instanceof(wrong, RangeError), wrong.message],
          ]
          return [4, later(n)]
        case 1:
          _tmp1 = [_state.sent()]
          return [4, later(n + 1)]
        case 2:
          _tmp1 = _tmp1.concat([_state.sent()])
          return [4, arrow(n)]
        case 3:
          return [2, _tmp.concat([_tmp1.concat([_state.sent()])])]
      }
    })
  })()
}

require('./main-with.cjs').main(use)
