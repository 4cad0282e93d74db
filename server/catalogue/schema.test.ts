import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { Catalogue } from "./contract";

const shipped = () => JSON.parse(readFileSync("prisma/catalogue.json", "utf8"));

test("the published JSON schema says what the loader accepts", () => {
  const published = JSON.parse(readFileSync("prisma/catalogue.schema.json", "utf8"));
  expect(published).toEqual(z.toJSONSchema(Catalogue, { io: "input" }));
});

test("the shipped catalogue fits its schema and prices the default models", () => {
  const { rateCards } = Catalogue.parse(shipped());
  const items = rateCards[0]?.versions[0]?.lines.map(({ item }) => item);
  expect(items).toEqual(expect.arrayContaining(["gpt-5.1", "parley-demo", "parley-demo-brief"]));
});

type Edit = (catalogue: ReturnType<typeof shipped>) => void;

test.each<[string, Edit]>([
  ["a negative price", ({ rateCards }) => Object.assign(rateCards[0].versions[0].lines[0], { price: "-1" })],
  ["a price as a number", ({ rateCards }) => Object.assign(rateCards[0].versions[0].lines[0], { price: 1 })],
  ["not a number", ({ rateCards }) => Object.assign(rateCards[0].versions[0].lines[0], { price: "NaN" })],
  [
    "a line that stands twice",
    ({ rateCards: [card] }) => card.versions[0].lines.push(card.versions[0].lines[0]),
  ],
  ["a model with half a price", ({ rateCards: [card] }) => card.versions[0].lines.splice(0, 1)],
  [
    "a rate card that does not exist",
    ({ plans }) => Object.assign(plans[0].versions[0], { rateCard: "none" }),
  ],
  ["a fractional allowance", ({ plans }) => Object.assign(plans[0].versions[0].limits[0], { hard: 1.5 })],
  [
    "a negative allowance",
    ({ plans }) => Object.assign(plans[0].versions[0].limits[0], { hard: -1, soft: null }),
  ],
  ["a trial of three years", ({ plans }) => Object.assign(plans[0].versions[0], { trialDays: 1_000 })],
  ["a plan of another name", ({ plans }) => Object.assign(plans[0], { code: "gold" })],
  ["a field nobody knows", ({ plans }) => Object.assign(plans[0], { discount: "1" })],
  [
    "two versions that begin together",
    ({ rateCards: [card] }) => card.versions.push({ ...card.versions[0], version: 2 }),
  ],
])("%s is refused", (_name, edit) => {
  const catalogue = shipped();
  edit(catalogue);
  expect(Catalogue.safeParse(catalogue).success).toBe(false);
});
