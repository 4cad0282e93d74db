/** People neither see nor reach this field; what fills it in is a script. */
export function ForScriptsOnly() {
  return (
    <div aria-hidden="true" className="sr-only">
      <label>
        Website
        <input type="text" name="website" tabIndex={-1} autoComplete="off" />
      </label>
    </div>
  );
}
