// The stock JavaScript client as a worker of a chaos run; see worker.py, which does the same with our own client.
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { BasicAuthInterceptor, Client } from "camunda-external-task-client-js";

const { WORKFLOW_ENGINE_URL, WORKFLOW_ENGINE_USER, WORKFLOW_ENGINE_PASSWORD, CHAOS_LEDGER, CHAOS_NAME, CHAOS_TOPICS, CHAOS_LOCK } = process.env;
const client = new Client({
  baseUrl: WORKFLOW_ENGINE_URL,
  workerId: CHAOS_NAME,
  interceptors: new BasicAuthInterceptor({ username: WORKFLOW_ENGINE_USER, password: WORKFLOW_ENGINE_PASSWORD }),
  maxTasks: 4,
  interval: 100,
  asyncResponseTimeout: 3000,
  lockDuration: Number(CHAOS_LOCK),
});

async function work({ task, taskService }) {
  const given = task.variables.getAll();
  await sleep(given.work ?? 0);
  const done = {
    task: task.id,
    activity_instance: task.activityInstanceId,
    process_instance: task.processInstanceId,
    token: task.lockToken ?? null,
    worker: task.workerId,
  };
  appendFileSync(`${CHAOS_LEDGER}/${CHAOS_NAME}.jsonl`, JSON.stringify(done) + "\n");
  const [topic, code] = (given.refuse ?? ":").split(":");
  if (given.poison && !given.healed) {
    const retries = (task.retries ?? 2) - 1;
    await taskService.handleFailure(task, { errorMessage: "This work is poison.", errorDetails: "", retries, retryTimeout: 200 });
  } else if (topic === task.topicName && !given.addressClarified) {
    await taskService.handleBpmnError(task, code, "The worker refuses.");
  } else {
    await taskService.complete(task);
  }
}

for (const topic of CHAOS_TOPICS.split(",")) client.subscribe(topic, work);
// Whatever cannot be told to the engine comes again when the lock has expired.
process.on("SIGTERM", () => process.exit(0));
