// Values on their way in and out; wire.py tells what the keys mean. The files of this folder are parts of one function.

const parseJson = JSON.parse;
const writeJson = JSON.stringify;
const handles = new WeakMap(); // object -> what came in for it: {id}, {o, id}
const numbers = []; // that go out; the host asks for them one by one
const facades = new WeakSet(); // execution, task

const floats = new Float64Array(1);
function double(number) {
  floats[0] = number;
  return floats[0];
}

// Whole numbers of 32 bits get JavaScript's integer representation, by which the host tells Integer from Double.
function narrow(number) {
  return (number | 0) === number ? number | 0 : double(number);
}

function narrowed(key, value) {
  return typeof value === "number" ? narrow(value) : value;
}

JSON.parse = function parse(text, reviver) {
  if (typeof reviver !== "function") return parseJson(text, narrowed);
  return parseJson(text, function (key, value) { return reviver.call(this, key, narrowed(key, value)); });
};

function hide(target, methods) {
  for (const name of Object.keys(methods)) {
    Object.defineProperty(target, name, { value: methods[name], writable: true, configurable: true });
  }
  return target;
}

// What scripts written for Java's maps, lists and texts call.
const javaMap = hide({}, {
  get(key) { return Object.hasOwn(this, key) ? this[key] : null; },
  put(key, value) { this[key] = value; return null; },
  remove(key) { return delete this[key]; },
  containsKey(key) { return Object.hasOwn(this, key); },
  keySet() { return Object.keys(this); },
  size() { return Object.keys(this).length; },
  isEmpty() { return Object.keys(this).length === 0; },
});
hide(Array.prototype, {
  get(index) { return this[index]; },
  add(value) { this.push(value); return true; },
  contains(value) { return this.includes(value); },
  size() { return this.length; },
  isEmpty() { return this.length === 0; },
});
hide(String.prototype, {
  equals(other) { return String(this) === String(other); },
  equalsIgnoreCase(other) { return this.toLowerCase() === String(other).toLowerCase(); },
  contains(part) { return this.includes(part); },
  isEmpty() { return this.length === 0; },
});

function javaLike(key, value) {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return Object.setPrototypeOf(value, javaMap);
  return narrowed(key, value);
}

// Java's number objects: a Long keeps all its digits as long as nobody calculates with it.
class JavaNumber {
  #kind;
  #text;
  constructor(kind, text) { this.#kind = kind; this.#text = text; }
  valueOf() { return this.#kind === "i" ? Number(this.#text) | 0 : double(Number(this.#text)); }
  toString() { return this.#text; }
  toJSON() { return Number(this.#text); }
  intValue() { return Number(this.#text) | 0; }
  longValue() { return new JavaNumber("l", String(Math.trunc(Number(this.#text)))); }
  doubleValue() { return double(Number(this.#text)); }
  equals(other) { return this.#text === String(other); }
  static wire(number) { return number.#kind === "l" ? { l: number.#text } : encode(number.valueOf()); }
}

function decode(wire) {
  if (wire === null || typeof wire !== "object") return wire;
  if ("i" in wire) return wire.i | 0;
  if ("d" in wire) return double(Number(wire.d));
  if ("l" in wire) return new JavaNumber("l", wire.l);
  if ("t" in wire) return new Date(wire.t);
  if ("j" in wire) return new SpinJsonNode(wire.j, wire.id);
  const value = "o" in wire ? parseJson(wire.o, javaLike) : { toString: () => wire.h };
  if (value !== null && typeof value === "object") handles.set(value, wire);
  return value;
}

function encode(value) {
  switch (typeof value) {
    case "undefined": return null;
    case "boolean": case "string": return value;
    case "number": return { n: numbers.push(value) - 1 };
    case "bigint": return { l: value.toString() };
    case "function": case "symbol": throw new TypeError(`A variable cannot hold a ${typeof value}.`);
  }
  if (value === null) return null;
  if (value instanceof JavaNumber) return JavaNumber.wire(value);
  if (value instanceof SpinJsonNode) return SpinJsonNode.wire(value);
  if (value instanceof Date) return encodeDate(value);
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return encode(value.valueOf());
  if (facades.has(value)) throw new TypeError("A variable cannot hold an execution or a task.");
  const known = handles.get(value);
  if (known !== undefined && !("o" in known)) return { ref: known.id };
  const text = writeJson(value);
  if (text === undefined) throw new TypeError("A variable cannot hold this object.");
  return known !== undefined && text === writeJson(parseJson(known.o)) ? { ref: known.id } : { o: text };
}

function encodeDate(date) {
  const time = date.getTime();
  if (Number.isNaN(time)) return null;
  const year = date.getUTCFullYear();
  if (year < 1 || year > 9998) throw new RangeError("A variable cannot hold a date of the year " + year + ".");
  return { t: time };
}
