import { useEffect, useState } from "react";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";

const FILE_NAME = "parley-recovery-codes.txt";

/** Recovery codes, this once: to copy, or to keep as a file, which needs no scripts. */
export function RecoveryCodes({ codes }: { codes: string[] }) {
  const text = `Parley recovery codes. Each signs you in once.\n\n${codes.join("\n")}\n`;
  return (
    <div className="flex flex-col gap-4">
      <Alert tone="warning">
        Keep these recovery codes where you find them without your phone. They are shown only this once.
      </Alert>
      <ul
        aria-label="Recovery codes"
        className="grid gap-x-6 gap-y-1.5 rounded-md border border-line bg-sunken p-4 font-mono text-sm sm:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-3">
        <a
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download={FILE_NAME}
          className={buttonClass("secondary")}
        >
          Download codes
        </a>
        <CopyCodes text={codes.join("\n")} />
      </div>
    </div>
  );
}

/** Only where scripts run and the page may write to the clipboard. */
function CopyCodes({ text }: { text: string }) {
  const [state, setState] = useState<"hidden" | "ready" | "copied">("hidden");
  useEffect(() => setState(navigator.clipboard === undefined ? "hidden" : "ready"), []);
  if (state === "hidden") return null;
  const copy = () => {
    navigator.clipboard
      .writeText(text)
      .then(() => setState("copied"))
      .catch(() => setState("ready"));
  };
  return (
    <Button variant="secondary" onClick={copy}>
      <span role="status">{state === "copied" ? "Copied" : "Copy codes"}</span>
    </Button>
  );
}
