// The variables that a script sees: scopes from the inside outwards. Reading looks outwards, writing changes the nearest
// scope that has the name, else the outermost; what it changes here the engine repeats on the real ones.

let scopes = []; // of Map name -> {wire} or {wire, value}
const effects = [];

function read(entry) {
  if (!("value" in entry)) entry.value = decode(entry.wire);
  return entry.value;
}

function find(name, first) {
  for (let index = first; index < scopes.length; index++) {
    const entry = scopes[index].get(name);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

function holder(name, first) {
  for (let index = first; index < scopes.length; index++) if (scopes[index].has(name)) return scopes[index];
  return undefined;
}

function visible(first) {
  const found = Object.create(javaMap);
  for (let index = scopes.length - 1; index >= first; index--) {
    for (const [name, entry] of scopes[index]) found[name] = read(entry);
  }
  return found;
}

function local(first) {
  const found = Object.create(javaMap);
  for (const [name, entry] of scopes[first]) found[name] = read(entry);
  return found;
}

// Every visible variable is a global name too. Assigning to the name changes the name, not the variable.
function announce(name) {
  if (name in globalThis) return;
  const get = () => {
    const entry = find(name, 0);
    return entry === undefined ? undefined : read(entry);
  };
  const set = (value) => {
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: true, configurable: true });
  };
  announced.set(name, get);
  Object.defineProperty(globalThis, name, { get, set, enumerable: true, configurable: true });
}
const announced = new Map();

function withdraw(name) {
  if (find(name, 0) !== undefined || !announced.has(name)) return;
  if (Object.getOwnPropertyDescriptor(globalThis, name)?.get === announced.get(name)) delete globalThis[name];
}

function record(subject, method, ...args) {
  effects.push([subject, method, args]);
}

// The methods of an execution or a task whose own scope has this number.
function variableMethods(subject, first) {
  const value = (entry) => (entry === undefined ? null : read(entry));
  const put = (method, scope, name, given) => {
    if (given.length < 2) throw new TypeError(`${subject}.${method}(name, value) needs a name and a value.`);
    record(subject, method, name, encode(given[1]));
    scope.set(name, { wire: null, value: given[1] === undefined ? null : given[1] });
    announce(name);
  };
  const methods = {
    getVariable: (name) => value(find(String(name), first)),
    getVariableLocal: (name) => value(scopes[first].get(String(name))),
    hasVariable: (name) => find(String(name), first) !== undefined,
    hasVariableLocal: (name) => scopes[first].has(String(name)),
    getVariables: () => visible(first),
    getVariablesLocal: () => local(first),
    getVariableNames: () => Object.keys(visible(first)),
    getVariableNamesLocal: () => Object.keys(local(first)),
    setVariable(name) {
      put("setVariable", holder(String(name), first) ?? scopes[scopes.length - 1], String(name), arguments);
    },
    setVariableLocal(name) { put("setVariableLocal", scopes[first], String(name), arguments); },
    setVariables(values) { for (const name of Object.keys(values)) methods.setVariable(name, values[name]); },
    setVariablesLocal(values) { for (const name of Object.keys(values)) methods.setVariableLocal(name, values[name]); },
    removeVariable(name) { drop("removeVariable", holder(String(name), first), String(name)); },
    removeVariableLocal(name) { drop("removeVariableLocal", scopes[first], String(name)); },
  };
  function drop(method, scope, name) {
    if (scope === undefined || !scope.delete(name)) return;
    record(subject, method, name);
    withdraw(name);
  }
  return methods;
}
