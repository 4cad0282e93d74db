import { afterEach, expect, test } from "vitest";
import { sleep } from "./platform/clock";
import { db, platformPool } from "./platform/db";
import { newId } from "./platform/ids";
import { enqueue } from "./platform/queue";
import { startWorker, type Worker } from "./worker";

let worker: Worker | undefined;

afterEach(async () => {
  await worker?.stop();
  worker = undefined;
});

async function mailRow(): Promise<string> {
  const id = newId();
  const empty = { textBody: "", htmlBody: "", subject: "s", template: "t", recipient: "r@worker.example" };
  await db().outgoingMail.create({ data: { id, ...empty } });
  return id;
}

async function until(isDone: () => Promise<boolean>, withinMs = 45_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isDone())) {
    if (Date.now() > deadline) throw new Error("it did not happen");
    await sleep(50);
  }
}

const isSent = async (id: string) =>
  (await db().outgoingMail.findUniqueOrThrow({ where: { id } })).status === "sent";

const count = async (sql: string, values: unknown[] = []) =>
  Number((await platformPool().query(`SELECT count(*) FROM ${sql}`, values)).rows[0].count);

test("a job runs when its transaction has committed, and never when it was rolled back", async () => {
  worker = await startWorker();
  const [kept, lost] = [await mailRow(), await mailRow()];
  await db().$transaction((tx) => enqueue(tx, "mail.send", { mailId: kept }));
  await db()
    .$transaction(async (tx) => {
      await enqueue(tx, "mail.send", { mailId: lost });
      throw new Error("rolled back");
    })
    .catch(() => undefined);
  await until(() => isSent(kept));
  expect(await isSent(lost)).toBe(false);
});

test("a job whose key is taken replaces the one that waits", async () => {
  const later = new Date(Date.now() + 3_600_000);
  for (let round = 0; round < 3; round += 1) {
    await db().$transaction((tx) =>
      enqueue(tx, "mail.send", { mailId: newId() }, { jobKey: "k", runAt: later }),
    );
  }
  expect(await count("graphile_worker._private_jobs WHERE key = 'k'")).toBe(1);
});

test("a payload that does not fit is refused without a repeat", async () => {
  worker = await startWorker();
  await db().$transaction((tx) => enqueue(tx, "mail.send", { mailId: 7 }, { jobKey: "odd" }));
  await until(async () => (await count("graphile_worker._private_jobs WHERE key = 'odd'")) === 0);
});

test("what a dead runner held is released and done by a living one", async () => {
  const id = await mailRow();
  await db().$transaction((tx) => enqueue(tx, "mail.send", { mailId: id }, { jobKey: "held" }));
  await platformPool().query(
    `UPDATE graphile_worker._private_jobs SET locked_by = 'worker-of-the-dead', locked_at = now() - interval '1 minute'
      WHERE key = 'held'`,
  );
  worker = await startWorker();
  await until(() => isSent(id));
});

test("a living runner keeps what it holds, and its rows go when it stops", async () => {
  worker = await startWorker();
  await until(async () => (await count("instances")) >= 2);
  const id = await mailRow();
  await db().$transaction((tx) =>
    enqueue(tx, "mail.send", { mailId: id }, { jobKey: "mine", runAt: new Date(Date.now() + 60_000) }),
  );
  await platformPool().query(
    `UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '1 minute',
            locked_by = (SELECT id FROM instances LIMIT 1) WHERE key = 'mine'`,
  );
  await sleep(6_000);
  expect(await count("graphile_worker._private_jobs WHERE key = 'mine' AND locked_by IS NOT NULL")).toBe(1);
  await worker.stop();
  worker = undefined;
  expect(await count("instances")).toBe(0);
});
