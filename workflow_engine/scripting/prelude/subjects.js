// `execution` and `task`: getters of copies, setters that the engine repeats, and the variables.

const absent = [
  "getProcessEngineServices", "getProcessEngine", "getBpmnModelInstance", "getBpmnModelElementInstance",
  "getSuperExecution",
];
const text = (value) => (value === null || value === undefined ? null : String(value));
const integer = (value) => Number(value) | 0;
const date = (value) => {
  if (value === null || value instanceof Date) return value;
  throw new TypeError("A date must be a Date or null.");
};
const taskSetters = {
  assignee: text, name: text, description: text, owner: text, priority: integer, dueDate: date, followUpDate: date,
};

function facade(subject, first, properties, setters) {
  const self = {};
  const values = {};
  const define = (name, value) => Object.defineProperty(self, name, { value, enumerable: true });
  for (const name of Object.keys(properties)) {
    const title = name[0].toUpperCase() + name.slice(1);
    values[name] = decode(properties[name]);
    define((typeof values[name] === "boolean" ? "is" : "get") + title, () => values[name]);
    const setter = setters[name];
    const set = setter && ((value) => {
      values[name] = setter(value);
      record(subject, "set" + title, encode(values[name]));
    });
    if (set) define("set" + title, set);
    Object.defineProperty(self, name, { get: () => values[name], set, enumerable: true });
  }
  const methods = variableMethods(subject, first);
  for (const name of Object.keys(methods)) define(name, methods[name]);
  Object.defineProperty(self, "variables", { get: methods.getVariables });
  Object.defineProperty(self, "variablesLocal", { get: methods.getVariablesLocal });
  for (const name of absent) {
    define(name, () => {
      throw new Error(`${name}() does not exist here: let an external task or a handler do what the script cannot.`);
    });
  }
  define("toString", () => `${subject}[${values.id}]`);
  facades.add(self);
  return { self, define };
}

// The execution and its process instance, which share the business key.
function executionFacade(state, first) {
  const execution = facade("execution", first, withoutKeys(state.subjects.execution), {});
  const instance = facade("instance", scopes.length - 1, withoutKeys(state.subjects.instance), {});
  let key = decode(state.subjects.execution.businessKey);
  const get = () => key;
  const set = (value) => {
    key = text(value);
    record("instance", "setBusinessKey", key);
  };
  for (const { self, define } of [execution, instance]) {
    define("getProcessInstance", () => instance.self);
    for (const name of ["BusinessKey", "ProcessBusinessKey"]) {
      define("get" + name, get);
      define("set" + name, set);
      Object.defineProperty(self, name[0].toLowerCase() + name.slice(1), { get, set, enumerable: true });
    }
  }
  return execution.self;
}

function withoutKeys({ businessKey, processBusinessKey, ...rest }) {
  return rest;
}

function taskFacade(state, execution) {
  const { self, define } = facade("task", 0, state.subjects.task, taskSetters);
  Object.defineProperty(self, "execution", { value: execution });
  define("getExecution", () => execution);
  define("complete", () => record("task", "complete"));
  define("addCandidateUser", (user) => record("task", "addCandidateUser", String(user)));
  define("addCandidateGroup", (group) => record("task", "addCandidateGroup", String(group)));
  return self;
}
