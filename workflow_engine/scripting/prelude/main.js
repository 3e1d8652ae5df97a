// Runs the script and tells what came of it.

const indirectEval = eval;

function run(text) {
  const state = parseJson(text);
  scopes = state.scopes.map((scope) => new Map(Object.keys(scope).map((name) => [name, { wire: scope[name] }])));
  const execution = executionFacade(state, "task" in state.subjects ? 1 : 0);
  hide(globalThis, "task" in state.subjects ? { task: taskFacade(state, execution) } : { execution });
  for (const scope of scopes) for (const name of scope.keys()) announce(name);
  let result = null;
  let error = null;
  try {
    const value = indirectEval(state.source);
    try {
      result = encode(value);
    } catch {
      // What cannot be kept is no result: a function, the execution itself.
    }
  } catch (thrown) {
    error = describe(thrown, state.source);
  }
  return writeJson({ result, effects, output, error });
}

const settings = { "out of memory": "SCRIPT_MEMORY_LIMIT", "Maximum call stack size exceeded": "SCRIPT_STACK_LIMIT" };

function describe(thrown, source) {
  if (thrown !== null && typeof thrown === "object") {
    if (bpmnErrors.has(thrown)) return bpmnErrors.get(thrown);
    if (thrown instanceof Error) return { failure: `${thrown.name}: ${thrown.message}${place(thrown, source)}` };
  }
  if (thrown === null) return { failure: "null was thrown, or its memory was used up" };
  return { failure: String(thrown) };
}

// " (line 3: execution.foo())", as far as the error knows it.
function place(error, source) {
  if (Object.hasOwn(settings, error.message)) return ` (the setting ${settings[error.message]})`;
  const stack = String(error.stack);
  const found = /<eval> \(<input>:(\d+)/.exec(stack) ?? (error instanceof SyntaxError ? /<input>:(\d+)/.exec(stack) : null);
  if (found === null) return "";
  const line = source.split("\n")[found[1] - 1] ?? "";
  return ` (line ${found[1]}: ${line.trim().slice(0, 80)})`;
}

function main(request, argument) {
  if (request === "run") return run(argument);
  return request === "count" ? numbers.length : numbers[argument];
}
