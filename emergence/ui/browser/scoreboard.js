// The theorem's scoreboard: a row for each direction, as of the shown moment.

const COLUMNS = ["p", "aₚ", "predicted Tₚ", "with norm growth", "crossing", "ratio", "|v|²/a", "capture", "neuron ι(p)", "winner"];
const MOST_ROWS = 64;

export function shortNumber(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  if (value >= 1e5) {
    const power = Math.floor(Math.log10(value) / 3) * 3;
    const unit = { 3: "k", 6: "M", 9: "G", 12: "T" }[power];
    return unit ? `${(value / 10 ** power).toPrecision(3)} ${unit}` : value.toExponential(2);
  }
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString("en");
  return value.toPrecision(3);
}

export class Scoreboard {
  constructor(host, onHover) {
    this.table = host.querySelector(".lab-scores");
    this.summary = host.querySelector(".lab-summary");
    this.title = host.querySelector(".lab-board h4");
    this.table.addEventListener("pointerover", (event) => {
      const row = event.target.closest("tr[data-p]");
      onHover(row ? { p: Number(row.dataset.p), k: this.data.iota[row.dataset.p] } : null);
    });
    this.table.addEventListener("pointerleave", () => onHover(null));
  }

  begin(data) {
    this.data = data;
    this.title.textContent = data.titles.board;
    const head = COLUMNS.map((name) => `<th scope="col">${name}</th>`).join("");
    const shown = Math.min(data.P, MOST_ROWS);
    const body = Array.from({ length: shown }, (_, p) => {
      const swatch = `<i style="background:${data.palette[p % data.palette.length]}"></i>`;
      return `<tr data-p="${p}"><td>${swatch}${p + 1}</td>${"<td></td>".repeat(COLUMNS.length - 1)}</tr>`;
    }).join("");
    this.table.innerHTML = `<thead><tr>${head}</tr></thead><tbody>${body}</tbody>`;
    this.rows = [...this.table.querySelectorAll("tbody tr")];
  }

  paint(store, step) {
    if (!store.count) return;
    const { data } = this;
    const now = store.at(step);
    const n2 = store.part(now, "n2");
    const capture = store.part(now, "capture");
    const winner = store.part(now, "winner");
    this.rows.forEach((row, p) => {
      const k = data.iota[p];
      const seen = store.header.crossing[p];
      const crossing = seen !== null && seen <= step ? seen : null;
      const matched = k !== null;
      const values = [
        shortNumber(data.a[p]),
        shortNumber(data.T[p]),
        shortNumber(data.late[p]),
        shortNumber(crossing),
        crossing !== null && data.T[p] ? (crossing / data.T[p]).toFixed(2) : "–",
        matched ? (n2[k] / data.a[p]).toFixed(2) : "–",
        capture[p].toFixed(2),
        matched ? k : "none",
        capture[p] > 0.05 ? winner[p] : "–",
      ];
      row.classList.toggle("learned", crossing !== null);
      values.forEach((value, column) => {
        const cell = row.cells[column + 1];
        if (cell.textContent !== String(value)) cell.textContent = value;
      });
    });
    const learned = store.header.crossing.filter((seen) => seen !== null && seen <= step).length;
    const largest = data.unused.reduce((most, k) => Math.max(most, n2[k]), 0);
    const norm = data.unused.length ? `, largest norm ${Math.sqrt(largest).toFixed(3)}` : "";
    this.summary.textContent = `${learned} of ${data.said.directions} learned · ${data.said.unused}${norm}`;
  }

  point(target) {
    this.rows.forEach((row, p) => row.classList.toggle("lit", Boolean(target) && target.p === p));
  }
}
