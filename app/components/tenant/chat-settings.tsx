import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { errorAt, SettingsCard, type SettingsProps, savedMeanwhile, typedOr } from "./settings-card";

interface Choice {
  id: string;
  label: string;
}

interface ChatSettingsProps extends SettingsProps {
  agents: readonly Choice[];
  models: readonly Choice[];
}

/** What new conversations begin with. */
export function ChatSettings({ settings, failure, agents, models }: ChatSettingsProps) {
  const { version, defaultAgent, defaultModel } = settings;
  const fields = [
    { name: "agentId", label: "Agent", usual: "Auto, as usual", choices: agents, stored: defaultAgent },
    {
      name: "model",
      label: "Model",
      usual: "The first that is offered",
      choices: models,
      stored: defaultModel,
    },
  ];
  return (
    <SettingsCard
      intent="chat"
      title="New conversations"
      description="What they begin with when nobody chooses. People can still choose for themselves."
      version={version}
      stored={[defaultAgent, defaultModel]}
      failure={failure}
      button="Save choices"
    >
      <div className="grid gap-5 sm:grid-cols-2">
        {fields.map(({ name, label, usual, choices, stored }) => (
          <Field
            key={name}
            label={label}
            hint={savedMeanwhile(failure, name, stored ?? "")}
            error={errorAt(failure, name)}
          >
            {(control) => (
              <Select {...control} name={name} defaultValue={typedOr(failure, name, stored ?? "")}>
                <option value="">{usual}</option>
                {choices.map((choice) => (
                  <option key={choice.id} value={choice.id}>
                    {choice.label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ))}
      </div>
    </SettingsCard>
  );
}
