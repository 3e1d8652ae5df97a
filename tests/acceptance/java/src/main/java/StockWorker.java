import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.camunda.bpm.client.ExternalTaskClient;
import org.camunda.bpm.client.interceptor.auth.BasicAuthProvider;
import org.camunda.bpm.client.task.ExternalTask;
import org.camunda.bpm.client.task.ExternalTaskService;
import org.camunda.bpm.engine.variable.VariableMap;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.engine.variable.value.FileValue;
import org.camunda.bpm.engine.variable.value.TypedValue;

/**
 * The stock Java client, driven by a plan: for each topic what to do at the first, second ... delivery.
 *
 * <pre>java StockWorker BASE_URL USER PASSWORD PLAN     (PLAN as in stock_worker.py)</pre>
 *
 * Prints one JSON line for each task, and ends when its standard input is closed.
 */
public final class StockWorker {

  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    JsonNode plan = JSON.readTree(arguments[3]);
    ExternalTaskClient client = ExternalTaskClient.create()
        .baseUrl(arguments[0])
        .addInterceptor(new BasicAuthProvider(arguments[1], arguments[2]))
        .workerId("stock-java")
        .maxTasks(2)
        .asyncResponseTimeout(500)
        .lockDuration(20_000)
        .disableBackoffStrategy()
        .build();
    plan.fields().forEachRemaining(entry -> {
      JsonNode steps = entry.getValue();
      int[] delivery = {0};
      client.subscribe(entry.getKey()).handler((task, service) -> {
        JsonNode step = steps.get(Math.min(delivery[0]++, steps.size() - 1));
        try {
          report(line(task, step));
          answer(task, service, step);
        } catch (Exception failure) {
          report(Map.of("error", String.valueOf(failure)));
        }
      }).open();
    });
    while (System.in.read() >= 0) {
      continue;
    }
    Runtime.getRuntime().halt(0);
  }

  private static void answer(ExternalTask task, ExternalTaskService service, JsonNode step) {
    Map<String, Object> variables = plain(step.get("variables"));
    switch (step.get("do").asText()) {
      case "complete" -> service.complete(task, variables);
      case "echo" -> service.complete(task, echo(task));
      case "fail" -> {
        String message = step.get("message").asText();
        service.handleFailure(task, message, "details of " + message, step.get("retries").asInt(), 0);
      }
      case "error" -> service.handleBpmnError(task, step.get("code").asText(), step.get("message").asText(), variables);
      case "extend" -> service.extendLock(task, step.get("duration").asLong());
      case "lock" -> service.lock(task, step.get("duration").asLong());
      case "unlock" -> service.unlock(task);
      default -> throw new IllegalArgumentException(step.toString());
    }
  }

  /** Every variable again under another name, with its type. */
  private static VariableMap echo(ExternalTask task) {
    VariableMap again = Variables.createVariables();
    for (String name : task.getAllVariables().keySet()) {
      again.putValueTyped(name + "Back", task.getVariableTyped(name, false));
    }
    return again;
  }

  private static Map<String, Object> line(ExternalTask task, JsonNode step) {
    Map<String, Object> shown = new HashMap<>();
    for (String name : task.getAllVariables().keySet()) {
      TypedValue typed = task.getVariableTyped(name, false);
      Object value = typed instanceof FileValue ? ((FileValue) typed).getFilename() : typed.getValue();
      boolean isPlain = value == null || value instanceof String || value instanceof Number || value instanceof Boolean;
      shown.put(name, isPlain ? value : value.getClass().getSimpleName());
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("topic", task.getTopicName());
    line.put("did", step.get("do").asText());
    line.put("businessKey", task.getBusinessKey());
    line.put("variables", shown);
    return line;
  }

  private static Map<String, Object> plain(JsonNode values) {
    return values == null ? new HashMap<>() : JSON.convertValue(values, HashMap.class);
  }

  private static synchronized void report(Map<String, Object> line) {
    try {
      System.out.println(JSON.writeValueAsString(line));
      System.out.flush();
    } catch (Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
