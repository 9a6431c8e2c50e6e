// Follows one turn: `node follow.mjs URL KEY`. One line of JSON for each event and for each turn of the connection.
import { EventSource } from "eventsource";

const [url, key] = process.argv.slice(2);
const NAMES = [
  "turn_started", "turn_resumed", "agent_state", "tool_call_started", "tool_call_result", "answer_delta",
  "turn_completed", "error",
];
const say = (value) => process.stdout.write(JSON.stringify(value) + "\n");

const source = new EventSource(url, {
  fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, "X-Api-Key": key } }),
});
source.onopen = () => say({ connection: "open" });
for (const name of NAMES) {
  source.addEventListener(name, (event) => {
    if (event.data === undefined) {
      // `error` is also what EventSource calls a connection that broke or was closed.
      say({ connection: event.code === 204 ? "done" : "broken" });
      if (event.code !== undefined) source.close();
    } else {
      say({ id: event.lastEventId, name: event.type, data: JSON.parse(event.data) });
    }
  });
}
