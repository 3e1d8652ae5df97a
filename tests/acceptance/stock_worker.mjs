// The stock JavaScript client, driven by a plan: for each topic what to do at the first, second ... delivery.
//   node stock_worker.mjs BASE_URL USER PASSWORD PLAN     (PLAN as in stock_worker.py)
// Prints one JSON line for each task, and ends when its standard input is closed.
import { BasicAuthInterceptor, Client, Variables } from "camunda-external-task-client-js";

const [baseUrl, username, password, plan] = process.argv.slice(2);
const client = new Client({
  baseUrl,
  workerId: "stock-javascript",
  interceptors: new BasicAuthInterceptor({ username, password }),
  maxTasks: 2,
  interval: 20,
  asyncResponseTimeout: 500,
  lockDuration: 20000,
});

const report = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const variables = (values) => new Variables().setAll(values ?? {});

// Every variable again under another name, with its type.
async function echo(task) {
  const again = new Variables();
  for (const [name, typed] of Object.entries(task.variables.getAllTyped())) {
    if (typed.type.toLowerCase() === "file") await typed.value.load();
    again.setTyped(`${name}Back`, typed);
  }
  return again;
}

for (const [topic, steps] of Object.entries(JSON.parse(plan))) {
  let delivery = 0;
  client.subscribe(topic, async ({ task, taskService }) => {
    const step = steps[Math.min(delivery++, steps.length - 1)];
    // Told before it is answered: the next task can only be delivered after this one, its answer may overtake.
    report({ topic, did: step.do, businessKey: task.businessKey, variables: task.variables.getAll() });
    if (step.do === "complete") {
      await taskService.complete(task, variables(step.variables));
    } else if (step.do === "fail") {
      const { message, retries } = step;
      await taskService.handleFailure(task, { errorMessage: message, errorDetails: "details of " + message, retries, retryTimeout: 0 });
    } else if (step.do === "echo") {
      await taskService.complete(task, await echo(task));
    } else if (step.do === "extend") {
      await taskService.extendLock(task, step.duration);
    } else if (step.do === "lock") {
      await taskService.lock(task, step.duration);
    } else if (step.do === "unlock") {
      await taskService.unlock(task);
    } else {
      await taskService.handleBpmnError(task, step.code, step.message, variables(step.variables));
    }
  });
}
client.on("poll:error", (error) => report({ error: `${error}` }));
client.on("handler:error", (error) => report({ error: `${error}` }));

process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
