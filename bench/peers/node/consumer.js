// The exercise with sqs-consumer and pg: CONSUMERS (eight) consumers, ten messages at a time, one
// multi-row INSERT for each batch. The library deletes the messages for which its handler returns. It
// ends when the queue is empty for all of them.
import { createHash } from "node:crypto";
import { SQSClient } from "@aws-sdk/client-sqs";
import pg from "pg";
import { Consumer } from "sqs-consumer";

const sqs = new SQSClient({ endpoint: process.env.AWS_ENDPOINT_URL_SQS });
const COUNT = Number(process.env.CONSUMERS ?? 8);
const pool = new pg.Pool({ max: Math.min(COUNT, 16) });
const masked = (value) => createHash("sha256").update(value).digest("hex");
const number = (version) => version.split(".").reduce((sum, part) => sum * 100 + Number(part), 0);

async function load(messages) {
  const values = [];
  const rows = messages.map((message, at) => {
    const body = JSON.parse(message.Body);
    values.push(body.user_id, body.device_type, masked(body.ip), masked(body.device_id), body.locale,
      number(body.app_version), new Date(Number(message.Attributes.SentTimestamp)));
    const first = at * 7;
    return `($${first + 1},$${first + 2},$${first + 3},$${first + 4},$${first + 5},$${first + 6},$${first + 7})`;
  });
  await pool.query(
    "INSERT INTO user_logins (user_id, device_type, masked_ip, masked_device_id, locale, app_version, create_date)" +
      ` VALUES ${rows.join(",")}`, values);
  return messages;
}

let idle = 0;
const consumers = Array.from({ length: COUNT }, () => {
  const consumer = Consumer.create({
    queueUrl: process.env.SQS_QUEUE_URL,
    sqs,
    batchSize: 10,
    waitTimeSeconds: 1,
    messageSystemAttributeNames: ["SentTimestamp"],
    handleMessageBatch: load,
  });
  let empty = false;
  consumer.on("empty", () => {
    if (empty) return;
    empty = true;
    consumer.stop();
    if (++idle === COUNT) pool.end();
  });
  for (const name of ["error", "processing_error"]) {
    consumer.on(name, (error) => {
      console.error(error);
      process.exit(1);
    });
  }
  return consumer;
});
for (const consumer of consumers) consumer.start();
