import { NewPasswordField } from "~/components/auth/new-password-field";
import { Field } from "~/components/ui/field";
import { Select } from "~/components/ui/select";
import { PLATFORM_RANK, PLATFORM_ROLES, type PlatformRole } from "../../../server/auth/terms";
import type { FormFailure } from "../../http.server";
import { ReasonedQuestion } from "./reasoned-question";
import type { UserDeed, Viewer } from "./user-deeds";
import { roleLabel } from "./user-words";

export interface UserQuestionProps {
  user: { id: string; email: string; platformRole: PlatformRole };
  deed: UserDeed;
  viewer: Viewer;
  failure: FormFailure | undefined;
}

/** What an operator is about to do with a person, who is named. */
export function UserQuestion({ user, deed, viewer, failure }: UserQuestionProps) {
  const hasField = deed.intent === "setRole" || deed.intent === "resetPassword";
  return (
    <ReasonedQuestion
      title={deed.question}
      description={`${user.email}. ${deed.description}`}
      deed={deed}
      cancelTo={`/admin/users/${user.id}`}
      failure={failure}
      needsReason={deed.isHarm}
    >
      {hasField
        ? (errors) =>
            deed.intent === "setRole" ? (
              <RoleField {...{ user, viewer, failure }} />
            ) : (
              <NewPasswordField error={errors["password"]} ownWords={[user.email]} />
            )
        : undefined}
    </ReasonedQuestion>
  );
}

function RoleField({ user, viewer, failure }: Omit<UserQuestionProps, "deed">) {
  const roles = PLATFORM_ROLES.filter((role) => PLATFORM_RANK[role] <= PLATFORM_RANK[viewer.role]);
  return (
    <Field label="Platform role" error={failure?.errors["role"]}>
      {(control) => (
        <Select {...control} name="role" defaultValue={failure?.values["role"] ?? user.platformRole}>
          {roles.map((role) => (
            <option key={role} value={role}>
              {roleLabel(role)}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
