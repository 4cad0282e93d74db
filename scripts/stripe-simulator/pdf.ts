// A page of text as PDF 1.4, as small as one can be (ISO 32000-1, 7.5: header, objects, cross-reference table, trailer).

/** Characters that Latin-1 does not have become question marks. */
export function textPdf(lines: string[]): Buffer {
  const shown = lines.map((line) => `(${escapePdf(line)}) Tj T*`).join("\n");
  const content = `BT /F1 11 Tf 15 TL 56 770 Td\n${shown}\nET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
  ];
  let file = "%PDF-1.4\n";
  const offsets: number[] = [];
  objects.forEach((object, position) => {
    offsets.push(file.length);
    file += `${position + 1} 0 obj\n${object}\nendobj\n`;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}

function escapePdf(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e\xa0-\xff]/g, "?")
    .replaceAll(/[\\()]/g, (character) => `\\${character}`);
}
