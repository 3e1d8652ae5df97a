// The few Java classes that scripts of process models commonly name. None of them is Java.

const output = []; // lines printed
const bpmnErrors = new WeakMap();
const MOST_LINES = 200;

function print(...values) {
  if (output.length < MOST_LINES) output.push(values.map(String).join(" ").slice(0, 2000));
}

function BpmnError(code, message) {
  if (!new.target) return new BpmnError(code, message);
  const text = message === undefined || message === null ? null : String(message);
  bpmnErrors.set(this, { code: String(code), message: text });
  hide(this, {
    getErrorCode: () => String(code),
    getMessage: () => text,
    toString: () => `BpmnError: ${text ?? code}`,
  });
}

function numberClass(kind, parse, names) {
  function JavaNumberClass(value) { return new JavaNumber(kind, parse(value)); }
  const valueOf = (value) => (kind === "l" ? new JavaNumber(kind, parse(value)) : new JavaNumber(kind, parse(value)).valueOf());
  for (const name of names) JavaNumberClass[name] = valueOf;
  return JavaNumberClass;
}

function javaClass(convert) {
  function JavaClass(value) { return Object(convert(value)); }
  JavaClass.valueOf = convert;
  return JavaClass;
}

function whole(value) {
  const text = String(value).replace("+", "");
  if (/^-?\d+$/.test(text)) return String(BigInt(text));
  if (!Number.isFinite(Number(text))) throw new Error(`NumberFormatException: For input string: "${text}"`);
  return String(Math.trunc(Number(text)));
}

const javaClasses = {
  "java.lang.Integer": numberClass("i", whole, ["valueOf", "parseInt"]),
  "java.lang.Long": numberClass("l", whole, ["valueOf", "parseLong"]),
  "java.lang.Double": numberClass("d", (value) => String(Number(value)), ["valueOf", "parseDouble"]),
  "java.lang.String": javaClass(String),
  "java.lang.Boolean": javaClass((value) => (typeof value === "string" ? value.toLowerCase() === "true" : Boolean(value))),
  "java.lang.Math": Math,
  "java.lang.System": { out: { println: print, print }, currentTimeMillis: () => new JavaNumber("l", String(Date.now())) },
  "java.util.Date": Date,
  "java.util.ArrayList": function ArrayList(items) { return items === undefined ? [] : Array.from(items); },
  "java.util.HashMap": function HashMap() { return Object.create(javaMap); },
  "org.camunda.bpm.engine.delegate.BpmnError": BpmnError,
};

const packages = {};
for (const name of Object.keys(javaClasses)) {
  const path = name.split(".");
  const last = path.pop();
  path.reduce((place, part) => (place[part] ??= {}), packages)[last] = javaClasses[name];
}

function type(name) {
  if (Object.hasOwn(javaClasses, name)) return javaClasses[name];
  throw new Error(`the Java class '${name}' does not exist here; there are ${Object.keys(javaClasses).join(", ")}`);
}

hide(globalThis, {
  S,
  BpmnError,
  print,
  console: { log: print, info: print, warn: print, error: print, debug: print },
  Java: { type, from: (list) => Array.from(list), to: (list) => Array.from(list) },
  Packages: packages,
  java: packages.java,
  org: packages.org,
});
