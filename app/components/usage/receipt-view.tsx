import { Badge } from "~/components/ui/badge";
import { LocalTime } from "~/components/ui/local-time";
import type { Receipt, ReceiptCall, ReceiptLine } from "../../../server/usage/receipt";
import { exactDollars } from "../../../server/wallet/terms";

const PAID_BY = {
  allowance: "Covered by the plan's allowance",
  reserve: "Paid from the reserve",
  both: "Partly covered by the allowance, partly paid from the reserve",
};
const PURPOSES: Record<string, string> = { chat: "Answer", title: "Title of the conversation" };
const UNITS: Record<ReceiptLine["unit"], string> = {
  input_token: "Input tokens",
  cache_read_token: "Input tokens read from cache",
  cache_write_token: "Input tokens written to cache",
  output_token: "Output tokens",
  reasoning_token: "Reasoning tokens",
  message: "Message",
};
const OUTCOMES = { ok: null, aborted: "Stopped", error: "Failed" };
const SOURCES = {
  provider_final: null,
  estimate: "Tokens estimated",
  checkpoint: "Tokens counted up to the break",
};

/** A receipt as people read it: the sum first, then every call that is in it. */
export function ReceiptView({ receipt }: { receipt: Receipt }) {
  const { calls, open, paidBy, costNano, chargedNano } = receipt;
  return (
    <div className="flex flex-col gap-5 px-5 sm:px-6">
      <div>
        <p className="font-semibold text-2xl tabular-nums">{exactDollars(costNano)}</p>
        <p className="mt-0.5 text-ink-muted text-sm">
          {paidBy === null ? "No call was made for this answer." : PAID_BY[paidBy]}
          {paidBy === "both" && ` (${exactDollars(chargedNano)})`}
        </p>
      </div>
      {open.length > 0 && (
        <p role="status" className="text-ink-muted text-sm">
          Still being written; {exactDollars(open.reduce((sum, hold) => sum + BigInt(hold.heldNano), 0n))} is
          held for it.
        </p>
      )}
      {calls.length > 0 && <h2 className="sr-only">Calls for this answer</h2>}
      {calls.length > 0 && (
        <ol className="flex flex-col gap-5">
          {calls.map((call) => (
            <li key={call.id} className="border-line border-t pt-4">
              <Call call={call} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Call({ call }: { call: ReceiptCall }) {
  const { purpose, model, occurredAt, outcome, source, lines, priceVersion, plan } = call;
  return (
    <>
      <h3 className="flex flex-wrap items-center gap-2 font-medium text-sm">
        {PURPOSES[purpose] ?? purpose}
        {[OUTCOMES[outcome], SOURCES[source]].map(
          (text) => text !== null && <Badge key={text}>{text}</Badge>,
        )}
      </h3>
      <p className="mt-0.5 text-[13px] text-ink-muted [overflow-wrap:anywhere]">
        {model}, <LocalTime value={occurredAt} hasTime />
      </p>
      <table className="mt-2 w-full text-left text-sm">
        <thead className="sr-only">
          <tr>
            <th scope="col">What</th>
            <th scope="col">How much, at which price for a million</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Row key={line.unit} name={UNITS[line.unit]} text={textOf(line)} />
          ))}
          {BigInt(call.heldNano) > 0n && <Row name="Held beforehand" text={exactDollars(call.heldNano)} />}
          {BigInt(call.adjustedNano) !== 0n && (
            <Row name="Corrected afterwards" text={exactDollars(call.adjustedNano)} />
          )}
          <Row name="Cost" text={exactDollars(call.costNano)} isStrong />
          <Row
            name={call.paidBy === "reserve" ? "Paid from the reserve" : "Charged"}
            text={exactDollars(call.chargedNano)}
          />
        </tbody>
      </table>
      <p className="mt-1.5 text-[13px] text-ink-faint">
        {priceVersion === null
          ? "From before models had prices."
          : `Prices: ${priceVersion.rateCard}, version ${priceVersion.version}.`}
        {plan !== null && ` Plan: ${plan.code}, version ${plan.version}.`}
      </p>
    </>
  );
}

function Row({ name, text, isStrong = false }: { name: string; text: string; isStrong?: boolean }) {
  return (
    <tr className={isStrong ? "font-medium" : "text-ink-muted"}>
      <th scope="row" className="py-0.5 pr-4 font-[inherit]">
        {name}
      </th>
      <td className="py-0.5 text-right tabular-nums">{text}</td>
    </tr>
  );
}

function textOf({ quantity, priceNanoPerMillion }: ReceiptLine): string {
  const count = quantity.toLocaleString("en-US");
  return priceNanoPerMillion === null ? count : `${count} at ${exactDollars(priceNanoPerMillion)} a million`;
}
