/** An email address that, where it must break, breaks after its @ sign. Other text stays as it is. */
export function AddressText({ value }: { value: string }) {
  const domainAt = value.indexOf("@") + 1;
  return (
    <>
      {value.slice(0, domainAt)}
      <wbr />
      {value.slice(domainAt)}
    </>
  );
}
