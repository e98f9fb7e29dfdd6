// Codes in words, as words.py has them.
const MONTHS = "January February March April May June July August September October November December".split(" ");
const SEASONS = { 21: "spring", 22: "summer", 23: "autumn", 24: "winter" };
const ONE = /^(\d{4}|\d{3}X|XXXX)(?:-(\d{2}))?(?:-(\d{2}))?$/;

function dateInWords(edtf) {
  if (!edtf) return "date not told";
  const at = edtf.indexOf("/");
  if (at < 0) return oneDate(edtf);
  const first = edtf.slice(0, at), last = edtf.slice(at + 1);
  if (last === "" || last === "..") return `from ${oneDate(first)}`;
  if (!ONE.test(first) || !ONE.test(last)) return edtf;
  return `${shortened(first, last)} to ${oneDate(last)}`;
}

function oneDate(date) {
  const match = ONE.exec(date);
  if (!match) return date;
  const [, year, month, day] = match;
  if (year.endsWith("X") && year !== "XXXX") return `${year.slice(0, 3)}0s`;
  const told = year === "XXXX" ? "" : ` ${year}`;
  let text;
  if (SEASONS[month]) text = SEASONS[month] + told;
  else if (month >= 1 && month <= 12) text = (day ? `${Number(day)} ` : "") + MONTHS[month - 1] + told;
  else text = told.trim() || "some year";
  return told ? text : `${text}, year not told`;
}

function shortened(first, last) {
  const a = first.split("-"), b = last.split("-");
  if (a.length === 3 && b.length === 3 && a[0] === b[0] && a[1] === b[1]) return String(Number(a[2]));
  if (a.length === b.length && a.length >= 2 && a[0] === b[0] && a[1] >= 1 && a[1] <= 12) {
    return (a.length === 3 ? `${Number(a[2])} ` : "") + MONTHS[a[1] - 1];
  }
  return oneDate(first);
}

const phrase = (code) => String(code ?? "").replaceAll("_", " ");
