import { Checkbox } from "~/components/ui/checkbox";
import { type MachineScope, SCOPE_RIGHTS } from "../../../server/machines/terms";

export interface ScopeChoiceProps {
  scopes: readonly MachineScope[];
  error: string | undefined;
}

/** Scopes as boxes to tick, each with what it gives. */
export function ScopeChoice({ scopes, error }: ScopeChoiceProps) {
  return (
    <fieldset aria-describedby={error ? "scopes-error" : undefined}>
      <legend className="mb-1.5 font-medium text-sm">Scopes</legend>
      <div className="grid gap-x-6 gap-y-2 sm:grid-cols-2">
        {scopes.map((scope) => (
          <Checkbox
            key={scope}
            name="scopes"
            value={scope}
            label={
              <>
                <code className="text-[13px]">{scope}</code>
                <span className="block text-[13px] text-ink-muted">{SCOPE_RIGHTS[scope].says}</span>
              </>
            }
          />
        ))}
      </div>
      {error && (
        <p id="scopes-error" role="alert" className="mt-1.5 text-danger-ink text-sm">
          {error}
        </p>
      )}
    </fieldset>
  );
}
