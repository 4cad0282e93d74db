// Times and texts of copying one's data and of leaving. Pure: pages may import it.

export const DELETION_GRACE_DAYS = 30;
export const EXPORT_KEPT_DAYS = 7;

export const TEXT_DELETION_CANCELLED = "Your account stays. You can sign in again.";
export const TEXT_DELETION_LINK_INVALID =
  "This link is not valid. The account may have been kept or deleted already.";
export const TEXT_EXPORT_RUNNING = "Your data is being prepared already.";
export const TEXT_CONFIRM_NAME = "Enter the name of this workspace, as it is written.";
export const TEXT_CONFIRM_ADDRESS = "Enter the email address of this account.";
