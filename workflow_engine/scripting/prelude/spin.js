// Spin's JSON nodes: S(text), and what a variable of type Json looks like. All nodes of one document share its state.

const kinds = { string: "String", number: "Number", boolean: "Boolean" };

class SpinJsonNode {
  #data;
  #document; // {id: of the original, or undefined once it was changed}

  constructor(text, id) {
    if (text === undefined) return;
    this.#data = parseJson(text, narrowed);
    this.#document = { id };
  }

  #child(data) {
    const node = new SpinJsonNode();
    node.#data = data;
    node.#document = { id: undefined, parent: this.#document };
    return node;
  }

  #touch() {
    for (let document = this.#document; document !== undefined; document = document.parent) document.id = undefined;
    return this;
  }

  #expect(kind) {
    if (typeof this.#data !== kind) throw new Error(`Expected '${kinds[kind]}', got ${writeJson(this.#data)}`);
    return this.#data;
  }

  prop(name, value) {
    if (arguments.length > 1) {
      this.#data[name] = SpinJsonNode.#plain(value);
      return this.#touch();
    }
    if (!this.hasProp(name)) throw new Error(`Unable to find '${name}'`);
    return this.#child(this.#data[name]);
  }
  hasProp(name) { return this.isObject() && Object.hasOwn(this.#data, name); }
  deleteProp(name) { delete this.#data[name]; return this.#touch(); }
  append(value) { this.#data.push(SpinJsonNode.#plain(value)); return this.#touch(); }
  elements() {
    if (!this.isArray()) throw new Error(`Expected 'SpinList', got ${writeJson(this.#data)}`);
    return this.#data.map((item) => this.#child(item));
  }
  fieldNames() { return this.isObject() ? Object.keys(this.#data) : []; }
  stringValue() { return this.#expect("string"); }
  numberValue() { return this.#expect("number"); }
  boolValue() { return this.#expect("boolean"); }
  value() {
    if (!this.isValue()) throw new Error("Expected 'String/Number/Boolean/Null'");
    return this.#data;
  }
  isNull() { return this.#data === null; }
  isArray() { return Array.isArray(this.#data); }
  isObject() { return this.#data !== null && typeof this.#data === "object" && !this.isArray(); }
  isString() { return typeof this.#data === "string"; }
  isNumber() { return typeof this.#data === "number"; }
  isBoolean() { return typeof this.#data === "boolean"; }
  isValue() { return this.#data === null || typeof this.#data !== "object"; }
  toString() { return writeJson(this.#data); }
  toJSON() { return this.#data; }

  static #plain(value) { return value instanceof SpinJsonNode ? value.#data : parseJson(writeJson(value), narrowed); }
  static wire(node) {
    return node.#document.id === undefined ? { j: writeJson(node.#data) } : { ref: node.#document.id };
  }
}

function S(text) {
  if (text instanceof SpinJsonNode) return text;
  const source = String(text).trim();
  if (source[0] !== "{" && source[0] !== "[") throw new Error("S() reads JSON only: a text that begins with { or [.");
  return new SpinJsonNode(source);
}
